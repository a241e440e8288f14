"""The worker's side: claim and commit, call the rail, book the answer. Exactly once.

The rows are the truth; a Celery message only wakes this up. An attempt is called under a number
that was committed before; while its lease runs nobody else touches it; a lease that ran out means
that nobody knows, and then the rail is asked, never paid anew. Leases use PostgreSQL's clock. What
goes wrong with one attempt is logged and leaves the others alone.
"""

import logging
import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from grants.awards.lifecycle import IN_FORCE
from grants.core.crypto import CannotOpen
from grants.core.policy import require
from grants.events.services import lock
from grants.payouts.clock import database_now
from grants.payouts.models import PayeeKind, PaymentAttempt, Payout, RailName
from grants.payouts.rails import RailSettingsError, rail
from grants.payouts.rails.protocol import Order, Outcome, Rail
from grants.payouts.services.booking import book, load, load_all, lose_sight, withdraw
from grants.payouts.services.marking import Marks, lease
from grants.payouts.services.rails import note, on_trial, stopped_now
from grants.payouts.services.settling import Paid

logger = logging.getLogger(__name__)

CHUNK = 100
LONGEST_RUN_S = 60


@transaction.atomic
def claim(question: Q, *, limit: int = CHUNK) -> list[int]:
    """Leases attempts that match, skipping those that another worker holds; returns their ids.

    Nothing of a rail that is stopped; one attempt of a rail that is on trial.
    """
    now, stopped, trial = database_now(), stopped_now(), on_trial()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = (
        PaymentAttempt.objects.select_for_update(skip_locked=True)
        .filter(question & free)
        .exclude(rail__in=stopped)
        .order_by("id")
        .values_list("pk", "rail")[:limit]
    )
    tried: set[str] = set()
    claimed = []
    for pk, name in rows:
        if name not in tried:
            claimed.append(pk)
        if name in trial:
            tried.add(name)
    PaymentAttempt.objects.filter(pk__in=claimed).update(lease_until=now + lease())
    return claimed


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


def _ready(attempt: PaymentAttempt) -> tuple[Order, Rail] | None:
    """All that a call needs; None, with the reason on the attempt, where our side is at fault.

    Nothing was called then: the lease runs out and the attempt is tried again.
    """
    try:
        return order_of(attempt), rail(attempt.rail)
    except (CannotOpen, LookupError, RailSettingsError, ValueError) as error:
        logger.error("attempt %s cannot be called: %s", attempt.number, error)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(code="NOT_READY", message=str(error))
        return None


def _each(
    claimed: list[int],
    deed: Callable[[int, set[str]], None],
    stop: Callable[[], None] = lambda: None,
) -> int:
    """Does it for each, one apart from the other, for a minute at most; the rest is let go.

    `deed` gets the rails that were stopped on the way, and adds to them. `stop` comes before the
    rest is let go.
    """
    until, stopped = time.monotonic() + LONGEST_RUN_S, set[str]()
    for number, pk in enumerate(claimed):
        if time.monotonic() > until:
            stop()
            rest = PaymentAttempt.objects.filter(pk__in=claimed[number:], called_at=None)
            rest.update(lease_until=None)
            return number
        try:
            deed(pk, stopped)
        except Exception:  # the other payouts go on, whatever this one is
            logger.exception("attempt %s: its call or its booking failed", pk)
    return len(claimed)


def work() -> int:
    """Sends, looks after lost ones and asks, until nothing is left to do or a minute is over.

    Returns how many attempts were sent or asked about.
    """
    until, total = time.monotonic() + LONGEST_RUN_S, 0
    while True:
        lose_expired()
        done = send_prepared() + ask_open()
        total += done
        if not done or time.monotonic() > until:
            return total


def send_prepared(*, limit: int = CHUNK) -> int:
    """Sends attempts that were never called; returns how many."""
    claimed, paid = claim(Q(state="prepared", called_at=None), limit=limit), Paid()
    attempts, marks = load_all(claimed), Marks(claimed)
    try:
        done = _each(
            claimed, lambda pk, stopped: _send(attempts[pk], stopped, marks, paid), marks.take_off
        )
    finally:
        marks.take_off()
        paid.book()
    return done


def _send(attempt: PaymentAttempt, stopped: set[str], marks: Marks, paid: Paid) -> None:
    if attempt.rail in stopped:
        marks.take_off()
    ready = _ready(attempt)
    if ready is None or _is_let_go(attempt, stopped):
        return
    order, way = ready
    if not marks.may_call(attempt.pk):
        _withdraw_stopped(load(attempt.pk))
        return
    if marks.slept():
        return
    answer = way.send(order)
    if answer.outcome == Outcome.PAID and not attempt.exchange:
        paid.add(attempt, answer)
        return
    paid.book()  # answers are counted in the order in which they came
    book(attempt, answer)
    if note(attempt.rail, answer):
        stopped.add(attempt.rail)


def _is_let_go(attempt: PaymentAttempt, stopped: set[str]) -> bool:
    if attempt.rail in stopped:
        PaymentAttempt.objects.filter(pk=attempt.pk).update(lease_until=None)
    return attempt.rail in stopped


def _withdraw_stopped(attempt: PaymentAttempt) -> None:
    """Gives it up where since the release the award or the account was stopped."""
    if attempt.exchange:
        return
    if attempt.payout.award.state not in IN_FORCE:
        withdraw(attempt, "AWARD_STOPPED", "The award is no longer in force; nothing was sent.")
    elif attempt.payout.payee.state != "verified":
        withdraw(attempt, "PAYEE_STOPPED", "The account is no longer verified; nothing was sent.")


def lose_expired() -> int:
    """Attempts whose caller died: called or claimed, lease over, no answer → unknown."""
    expired = PaymentAttempt.objects.filter(state="prepared", lease_until__lt=database_now())
    return _each(list(expired.order_by("id").values_list("pk", flat=True)[:CHUNK]), _lose)


@transaction.atomic
def _lose(pk: int, _stopped: set[str]) -> None:
    attempt = lock(PaymentAttempt(pk=pk))
    is_over = attempt.lease_until is not None and attempt.lease_until < database_now()
    if attempt.state != "prepared" or not is_over:
        return
    if attempt.called_at is None:
        PaymentAttempt.objects.filter(pk=pk).update(lease_until=None)
    else:
        lose_sight(attempt, "LEASE_OVER", "The worker stopped before an answer came.")


def ask_open(*, limit: int = CHUNK) -> int:
    """Asks the rail about attempts without a final answer, when their time has come."""
    due = Q(state__in=["unknown", "accepted"], next_ask_at__lte=database_now())
    return _each(claim(due, limit=limit), _ask)


def _ask(pk: int, stopped: set[str]) -> None:
    attempt = load(pk)
    ready = _ready(attempt)
    if ready is None or _is_let_go(attempt, stopped):
        return
    order, way = ready
    answer = way.ask(attempt.number, order)
    book(attempt, answer, was_question=True)
    if note(attempt.rail, answer):
        stopped.add(attempt.rail)


def ask_now(payout: Payout, *, by) -> bool:
    """Brings the next question forward, for a person who will not wait; False where none is."""
    require(by, "hold_payout", payout)
    open_ones = payout.attempts.filter(state__in=["unknown", "accepted"])
    open_ones = open_ones.exclude(rail=RailName.BANK_FILE, state="accepted")
    return bool(open_ones.update(next_ask_at=database_now()))
