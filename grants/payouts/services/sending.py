"""The worker's side: claim and commit, call the rail, book the answer. Exactly once.

The rows are the truth; a Celery message only wakes this up. An attempt is called under a number
that was committed before; while its lease runs nobody else touches it; a lease that ran out means
that nobody knows, and then the rail is asked, never paid anew. Leases use PostgreSQL's clock. What
goes wrong with one attempt is logged and leaves the others alone.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
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
from grants.payouts.services.rails import note, on_trial, stopped_now
from grants.payouts.services.settling import Paid

logger = logging.getLogger(__name__)

CHUNK = 50
LONGEST_RUN_S = 60
# The one statement of its own that each call costs.
MARK_CALLED = """
    UPDATE grants_paymentattempt attempt
       SET called_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s
      FROM grants_payout payout
      JOIN grants_payee payee ON payee.id = payout.payee_id
      JOIN grants_milestone milestone ON milestone.id = payout.milestone_id
      JOIN grants_award award ON award.id = milestone.award_id
     WHERE attempt.id = %(attempt)s AND payout.id = attempt.payout_id
       AND (attempt.state, payout.state) IN (('prepared', 'sending'))
       AND attempt.called_at IS NULL
       AND (%(goes_again)s
            OR payee.state IN ('verified') AND award.state::text = ANY(%(in_force)s))
"""


def lease() -> timedelta:
    return timedelta(seconds=settings.PAYMENT_LEASE_S)


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


def _each(claimed: list[int], deed: Callable[[int, set[str]], None]) -> int:
    """Does it for each, one apart from the other, for a minute at most; the rest is let go.

    `deed` gets the rails that were stopped on the way, and adds to them.
    """
    until, stopped = time.monotonic() + LONGEST_RUN_S, set[str]()
    for number, pk in enumerate(claimed):
        if time.monotonic() > until:
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
    attempts = load_all(claimed)
    done = _each(claimed, lambda pk, stopped: _send(attempts[pk], stopped, paid))
    paid.book()
    return done


def _send(attempt: PaymentAttempt, stopped: set[str], paid: Paid) -> None:
    ready = _ready(attempt)
    if ready is None or _is_let_go(attempt, stopped):
        return
    order, way = ready
    started = time.monotonic()
    if not _mark_called(attempt):
        _withdraw_stopped(load(attempt.pk))
        return
    if time.monotonic() - started > lease().total_seconds() / 2:
        return  # it slept in between: the lease may be over, and others may know more by now
    answer = way.send(order)
    if answer.outcome == Outcome.PAID and not attempt.exchange:
        paid.add(attempt, answer)
        return
    paid.book()  # answers are counted in the order in which they came
    book(attempt, answer)
    if note(attempt.rail, answer):
        stopped.add(attempt.rail)


def _mark_called(attempt: PaymentAttempt) -> bool:
    """Commits that the call is made now; False where it must not be made.

    One that was called before goes again under its number, whatever was stopped since.
    """
    values: dict[str, Any] = {
        "attempt": attempt.pk,
        "lease": lease(),
        "goes_again": bool(attempt.exchange),
        "in_force": list(IN_FORCE),
    }
    with connection.cursor() as cursor:
        cursor.execute(MARK_CALLED, values)
        return bool(cursor.rowcount)


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
