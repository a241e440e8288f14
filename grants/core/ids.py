"""References that people read: APP-2026-000142."""

from django.db import connection
from django.utils import timezone

SEQUENCES = {"APP", "AWD", "PAY", "BAT"}


def next_reference(kind: str) -> str:
    """The next reference of a kind.

    Numbers come from a database sequence: unique under any concurrency, with gaps where a
    transaction was rolled back. The year is the one in the portal's time zone.
    """
    if kind not in SEQUENCES:
        raise ValueError(kind)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence_name(kind)])
        number = cursor.fetchone()[0]
    return f"{kind}-{timezone.localdate().year}-{number:06d}"


def sequence_name(kind: str) -> str:
    return f"grants_reference_{kind.lower()}_seq"
