"""PostgreSQL's clock: leases of several machines are measured by one clock."""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


class DatabaseNow(Func):
    """The same within a statement."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()
