"""The worker's side: claim and commit, call the rail, book the answer. Exactly once.

The rows are the truth; a Celery message only wakes this up. An attempt is called under a number
that was committed before; while its lease runs nobody else touches it; a lease that ran out means
that nobody knows, and then the rail is asked, never paid anew. Leases use PostgreSQL's clock.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from grants.core.crypto import CannotOpen
from grants.core.policy import require
from grants.events.services import lock
from grants.payouts.models import PayeeKind, PaymentAttempt, Payout
from grants.payouts.rails import RailSettingsError, rail
from grants.payouts.rails.protocol import Order, Rail
from grants.payouts.services.booking import book, database_now, load, lose_sight

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
CHUNK = 20


@transaction.atomic
def claim(question: Q, *, limit: int = CHUNK) -> list[int]:
    """Leases attempts that match, skipping those that another worker holds; returns their ids."""
    now = database_now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = list(
        PaymentAttempt.objects.select_for_update(skip_locked=True)
        .filter(question & free)
        .order_by("id")
        .values_list("pk", flat=True)[:limit]
    )
    PaymentAttempt.objects.filter(pk__in=rows).update(lease_until=now + LEASE)
    return rows


def order_of(attempt: PaymentAttempt) -> Order:
    """What the rail is told; the same for every call under the attempt's number."""
    payout = attempt.payout
    payee = payout.payee
    return Order(
        number=attempt.number,
        amount=payout.net,
        currency=payout.currency,
        payee_kind="bank" if payee.kind == PayeeKind.BANK else "alipay",
        account=payee.account_number,
        holder_name=payee.holder_name,
        holder_is_company=payee.organisation.is_company,
        bank_name=payee.bank_name,
        cnaps_code=payee.cnaps_code,
        title=payout.reference,
        remark=f"{payout.award.reference} {payout.reference}",
    )


def _ready(pk: int) -> tuple[PaymentAttempt, Order, Rail] | None:
    """All that a call needs; None, with the reason on the attempt, where our side is at fault.

    Nothing was called then: the lease runs out and the attempt is tried again.
    """
    attempt = load(pk)
    try:
        return attempt, order_of(attempt), rail(attempt.rail)
    except (CannotOpen, LookupError, RailSettingsError, ValueError) as error:
        logger.error("attempt %s cannot be called: %s", attempt.number, error)
        PaymentAttempt.objects.filter(pk=pk).update(code="NOT_READY", message=str(error))
        return None


def send_prepared(*, limit: int = CHUNK) -> int:
    """Sends attempts that were never called; returns how many."""
    claimed = claim(Q(state="prepared", called_at=None, lease_until=None), limit=limit)
    for pk in claimed:
        ready = _ready(pk)
        if ready is None:
            continue
        attempt, order, way = ready
        free = PaymentAttempt.objects.filter(pk=pk, state="prepared", called_at=None)
        now = database_now()
        if free.update(called_at=now, lease_until=now + LEASE):
            book(attempt, way.send(order))
    return len(claimed)


def lose_expired() -> int:
    """Attempts whose caller died: called or claimed, lease over, no answer → unknown."""
    now, lost = database_now(), 0
    expired = PaymentAttempt.objects.filter(state="prepared", lease_until__lt=now)
    for pk in expired.order_by("id").values_list("pk", flat=True)[:CHUNK]:
        with transaction.atomic():
            attempt = lock(PaymentAttempt(pk=pk))
            if attempt.state != "prepared" or attempt.lease_until is None:
                continue
            if attempt.lease_until >= now:
                continue
            if attempt.called_at is None:
                PaymentAttempt.objects.filter(pk=pk).update(lease_until=None)
            else:
                lose_sight(attempt, "", "the worker stopped before an answer came")
            lost += 1
    return lost


def ask_open(*, limit: int = CHUNK) -> int:
    """Asks the rail about attempts without a final answer, when their time has come."""
    due = Q(state__in=["unknown", "accepted"], next_ask_at__lte=database_now())
    claimed = claim(due, limit=limit)
    for pk in claimed:
        ready = _ready(pk)
        if ready:
            attempt, order, way = ready
            book(attempt, way.ask(attempt.number, order), was_question=True)
    return len(claimed)


def ask_now(payout: Payout, *, by) -> bool:
    """Brings the next question forward, for a person who will not wait; False where none is."""
    require(by, "hold_payout", payout)
    open_ones = payout.attempts.filter(state__in=["unknown", "accepted"])
    return bool(open_ones.update(next_ask_at=database_now()))
