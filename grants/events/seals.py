"""The hash chain over the events: one sealer, so that writers never wait for each other."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from grants.core.digest import digest
from grants.events.days import broken_days
from grants.events.models import Event, EventSeal, UnsealedEvent

GENESIS = "0" * 64
SEALER_LOCK = 7_241_001


def link(previous: str, event: Event) -> str:
    """The hash of one link: SHA-256 over the previous hash and the event's fields."""
    return digest(
        {
            "previous": previous,
            "id": event.pk,
            "at": event.at,
            "kind": event.kind,
            "thing": [event.thing_type, event.thing_id, event.reference, event.case],
            "actor": event.actor_id,
            "states": [event.from_state, event.to_state],
            "data": event.data,
        }
    )


@transaction.atomic
def seal_pending(limit: int = 1000) -> int:
    """Appends up to `limit` committed events to the chain; returns how many.

    Returns 0 at once where another sealer is at work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    pending = list(UnsealedEvent.objects.select_related("event").order_by("event_id")[:limit])
    if not pending:
        return 0
    last = EventSeal.objects.order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    seals, now = [], timezone.now()
    for row in pending:
        sequence, previous = sequence + 1, link(previous, row.event)
        seals.append(EventSeal(sequence=sequence, event=row.event, hash=previous, sealed_at=now))
    EventSeal.objects.bulk_create(seals)
    UnsealedEvent.objects.filter(pk__in=[row.pk for row in pending]).delete()
    return len(seals)


@dataclass(frozen=True)
class ChainReport:
    """`broken_days` are days of which the seal is not what the chain says now."""

    sealed: int
    head: str
    broken_event: int | None
    reason: str
    unsealed: int
    broken_days: tuple[date, ...]

    @property
    def is_whole(self) -> bool:
        return self.broken_event is None and not self.broken_days


def check_chain() -> ChainReport:
    """Recomputes the chain from its first link; stops at the first that is broken.

    Then compares the seal of each day with it.
    """
    previous, sequence = GENESIS, 0
    seals = EventSeal.objects.select_related("event").order_by("sequence")
    broken, reason = None, ""
    for seal in seals.iterator(chunk_size=2000):
        if seal.sequence != sequence + 1:
            broken, reason = seal.event_id, "a link before it is missing"
        elif seal.hash != link(previous, seal.event):
            broken, reason = seal.event_id, "it is not what was sealed"
        if broken is not None:
            break
        previous, sequence = seal.hash, seal.sequence
    # Seals whose event is gone are not among those that were read with their events.
    following = EventSeal.objects.filter(sequence=sequence + 1)
    orphan = following.exclude(event_id__in=Event.objects.values("pk")).first()
    if orphan:
        broken, reason = orphan.event_id, "the event is gone"
    elif broken is None:
        queued = UnsealedEvent.objects.values("event_id")
        lost = Event.objects.filter(seal=None).exclude(pk__in=queued).order_by("pk").first()
        if lost:
            broken, reason = lost.pk, "it was taken out of the queue without a seal"
    unsealed = UnsealedEvent.objects.count()
    return ChainReport(sequence, previous, broken, reason, unsealed, broken_days())
