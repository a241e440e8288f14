"""References that people read: APP-2026-000142."""

from django.db import connection
from django.utils import timezone

SEQUENCES = {"APP", "AWD", "PAY", "BAT"}


def next_reference(kind: str, *, count: int = 1) -> list[str] | str:
    """The next reference of a kind, or a list of them for `count` > 1.

    Numbers come from a database sequence: unique under any concurrency, with gaps where a
    transaction was rolled back. The year is the one in the portal's time zone.
    """
    if kind not in SEQUENCES:
        raise ValueError(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
            [sequence_name(kind), count],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    year = timezone.localdate().year
    references = [f"{kind}-{year}-{number:06d}" for number in numbers]
    return references if count > 1 else references[0]


def sequence_name(kind: str) -> str:
    return f"grants_reference_{kind.lower()}_seq"
