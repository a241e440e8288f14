"""Says which payment a bank line is about, and books what it says. By itself, or by a person."""

import time
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock
from grants.payouts.lifecycle import LIVE
from grants.payouts.models import (
    ClosedDay,
    MatchedBy,
    PaymentAttempt,
    Payout,
    RailName,
    Reconciliation,
    Says,
    StatementLine,
)
from grants.payouts.rails.protocol import Answer, Outcome
from grants.payouts.services.booking import book, take_back
from grants.payouts.services.fits import (
    CERTAIN,
    SURE_ENOUGH,
    Fit,
    attempts_for_matching,
    doubt,
    effect,
    fits_of,
)

CHUNK = 500
LONGEST_RUN_S = 20.0
OUTCOMES = {
    Says.PAID: Outcome.PAID,
    Says.REFUSED: Outcome.REFUSED,
    Says.RETURNED: Outcome.RETURNED,
}
# What left must be booked before it can come back.
FIRST_TO_LAST = (Says.PAID, Says.REFUSED, Says.PENDING, Says.RETURNED, Says.OTHER)


@transaction.atomic
def match(
    line: StatementLine,
    attempt: PaymentAttempt,
    *,
    by,
    how: str = MatchedBy.PERSON,
    confidence: int = CERTAIN,
) -> Reconciliation:
    """Ties an open line to the payment that it is about, and books what it says of it.

    Raises `Refused`, and books nothing, where amount, state or an earlier line speak against it.
    """
    require(by, "match_line", line)
    fresh = lock(line)
    refuse_closed(fresh)
    lock(attempt)
    attempt = attempts_for_matching().filter(pk=attempt.pk).first() or _refuse_other_rail()
    why_not = doubt(fresh, attempt) if fresh.state == "open" else ""
    if why_not:
        raise Refused(why_not)
    data = {"number": attempt.number, "how": str(how), "confidence": confidence}
    advance(line, "match", by=by, reason="", data=data)
    return Reconciliation.objects.create(
        line=line,
        attempt=attempt,
        how=how,
        confidence=confidence,
        is_settling=_settle(fresh, attempt, by=by),
        matched_by=by,
    )


def match_number(line: StatementLine, *, number: str, by) -> Reconciliation:
    """`match` with the payment of that number. Raises `Refused` where there is none."""
    require(by, "match_line", line)
    attempt = PaymentAttempt.objects.filter(number=number.strip()).first()
    if attempt is None:
        raise Refused(_("There is no payment of this number."), field="number")
    return match(line, attempt, by=by)


def _refuse_other_rail():
    raise Refused(_("This payment did not go by a bank file."))


def refuse_closed(line: StatementLine) -> None:
    if ClosedDay.objects.filter(day=line.booked_on).exists():
        raise Refused(_("%(day)s is closed: nothing of it changes.") % {"day": line.booked_on})


def _settle(line: StatementLine, attempt: PaymentAttempt, *, by) -> bool:
    """Books what the line says; whether it moved the payout, which may have been settled before."""
    meant = Says(effect(line))
    if meant == Says.PENDING:
        return False
    payouts = Payout.objects.filter(pk=attempt.payout_id)
    if attempt.state in LIVE:
        book(attempt, _answer(line, meant), was_question=True)
    elif meant == Says.RETURNED and attempt.state == "succeeded":
        take_back(attempt, code=line.code, message=line.remark, by=by)
    else:
        payouts.update(matched_at=timezone.now())
        return False
    payouts.update(matched_at=timezone.now())
    return True


def _answer(line: StatementLine, meant: Says) -> Answer:
    """What the line says, as a rail would say it."""
    return Answer(
        outcome=OUTCOMES[meant],
        code=line.code,
        message=line.remark,
        rail_reference=line.bank_reference,
        request={},
        response={"statement": line.reference, "booked_on": line.booked_on},
        at=timezone.now(),
    )


@transaction.atomic
def unmatch(line: StatementLine, *, by, reason: str) -> None:
    """Undoes a match that moved nothing; the line is open again."""
    require(by, "match_line", line)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    refuse_closed(lock(line))
    found = Reconciliation.objects.select_related("attempt").filter(line=line).first()
    if found and found.is_settling:
        raise Refused(
            _(
                "This line moved the payout itself, so the match stays."
                " If the bank was wrong, its next statement says so."
            )
        )
    data = {"reason": reason, "number": found.attempt.number if found else ""}
    advance(line, "unmatch", by=by, data=data)
    if found:
        found.delete()
        attempt = found.attempt
        if not Reconciliation.objects.filter(attempt__payout=attempt.payout_id).exists():
            Payout.objects.filter(pk=attempt.payout_id).update(matched_at=None)


def match_open(lines: QuerySet[StatementLine], *, longest_s: float = LONGEST_RUN_S) -> int:
    """Matches those of the open lines that are clear, each for itself; returns how many.

    After `longest_s` seconds the rest is left to `match_waiting`.
    """
    count, until = 0, time.monotonic() + longest_s
    for chunk in _in_order(lines.filter(state="open")):
        fits = fits_of(chunk)
        for line in chunk:
            if time.monotonic() > until:
                return count
            clear = _clear(fits[line.pk])
            if clear and _try(line, clear):
                count += 1
    return count


def match_waiting() -> int:
    """Goes on with uploads that were cut short: open lines that name a payment under way."""
    under_way = PaymentAttempt.objects.filter(rail=RailName.BANK_FILE, state__in=LIVE)
    return match_open(StatementLine.objects.filter(number__in=under_way.values("number")))


def _in_order(lines: QuerySet[StatementLine]) -> Iterator[Sequence[StatementLine]]:
    for says in FIRST_TO_LAST:
        rest = lines.filter(says=says).select_related("statement").order_by("pk")
        last = 0
        while chunk := list(rest.filter(pk__gt=last)[:CHUNK]):
            yield chunk
            last = chunk[-1].pk


def _clear(fits: Sequence[Fit]) -> Fit | None:
    """The one fit that is sure enough; None where there is none, or more than one."""
    sure = [fit for fit in fits if fit.confidence >= SURE_ENOUGH]
    return sure[0] if len(sure) == 1 and not sure[0].doubt else None


def _try(line: StatementLine, fit: Fit) -> bool:
    try:
        match(line, fit.attempt, by=None, how=fit.how, confidence=fit.confidence)
    except Refused:  # another line took the payment meanwhile: a person decides
        return False
    return True
