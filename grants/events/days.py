"""The seal of each day: what the auditors keep outside of the database."""

from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from grants.events.models import DailySeal, Event, EventSeal, UnsealedEvent
from grants.events.services import record

BROKEN_DAYS = """
    SELECT of_day.day
      FROM grants_dailyseal of_day
      LEFT JOIN grants_eventseal seal ON seal.sequence = of_day.sequence
      LEFT JOIN (
           SELECT (event.at AT TIME ZONE %s)::date AS day, seal.sequence
             FROM grants_event event JOIN grants_eventseal seal ON seal.event_id = event.id) sealed
        ON sealed.day = of_day.day AND sealed.sequence <= of_day.sequence
     GROUP BY of_day.day, seal.hash
    HAVING seal.hash IS DISTINCT FROM of_day.hash OR count(sealed.sequence) <> of_day.events
     ORDER BY of_day.day
"""


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@transaction.atomic
def seal_day(day: date | None = None) -> DailySeal | None:
    """Publishes the seal of a finished day, once; yesterday by default.

    None while an event of the day (in the portal's time zone) waits for its seal, and where nothing
    ever happened. An event that is committed later is covered by the next day's seal.
    """
    day = day or timezone.localdate() - timedelta(days=1)
    first, end = _begins(day), _begins(day + timedelta(days=1))
    if end > timezone.now():
        raise ValueError("a day is sealed when it is over")
    found = DailySeal.objects.filter(day=day).first()
    if found or UnsealedEvent.objects.filter(event__at__lt=end).exists():
        return found
    last = EventSeal.objects.filter(event__at__lt=end).order_by("-sequence").first()
    if last is None:
        return None
    count = Event.objects.filter(
        at__gte=first, at__lt=end, seal__sequence__lte=last.sequence
    ).count()
    sealed, is_new = DailySeal.objects.get_or_create(
        day=day, defaults={"sequence": last.sequence, "hash": last.hash, "events": count}
    )
    if is_new:
        data = {"day": day, "sequence": last.sequence, "hash": last.hash, "events": count}
        record(sealed, "publish", by=None, data=data)
    return sealed


def broken_days() -> tuple[date, ...]:
    """The days of which the seal names another hash or number of events than the chain has."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN_DAYS, [timezone.get_default_timezone_name()])
        return tuple(day for (day,) in cursor.fetchall())


def read_mark(text: str) -> tuple[int, str]:
    """`SEQUENCE:HASH` as it stands in an auditor's mail. Raises `ValueError`."""
    sequence, _colon, seal = text.strip().lower().partition(":")
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) <= 18):
        raise ValueError(text)
    if len(seal) != 64 or set(seal) - set("0123456789abcdef"):
        raise ValueError(text)
    return int(sequence), seal


def holds(sequence: int, seal: str) -> bool:
    """Whether the chain still has this hash at this place."""
    return EventSeal.objects.filter(sequence=sequence, hash=seal).exists()
