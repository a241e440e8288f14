"""Which payments a bank line may be about, and how sure that is. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.payouts.lifecycle import LIVE
from grants.payouts.models import (
    MatchedBy,
    PaymentAttempt,
    RailName,
    Reconciliation,
    Says,
    StatementKind,
    StatementLine,
)

CERTAIN = 100
# From here on a line is matched by itself, where no second payment fits as well.
SURE_ENOUGH = 70
DAYS_APART = timedelta(days=5)
# A payment may come back long after it left.
LATEST_RETURN = timedelta(days=30)
# Amount and date agree; what else does, and how sure that makes the match (percent).
CONFIDENCE = {
    ("account", True): 90,
    ("account", False): 80,
    ("tail", True): 70,
    ("tail", False): 50,
    ("", True): 50,
    ("", False): 30,
}
SETTLED_BY = {
    Says.PAID: (*LIVE, "succeeded", "returned"),
    Says.REFUSED: ("accepted", "unknown", "rejected"),
    Says.RETURNED: ("accepted", "unknown", "succeeded", "returned"),
    Says.PENDING: (*LIVE, "succeeded"),
}


@dataclass(frozen=True)
class Fit:
    """A payment that a line may be about. `doubt` says why it is not, empty where nothing does."""

    attempt: PaymentAttempt
    how: str
    confidence: int
    doubt: str


def effect(line: StatementLine) -> str:
    """What a line about one of our payments says: money in that names one has come back."""
    is_back = line.says == Says.OTHER and line.amount > 0
    return Says.RETURNED if is_back else line.says


def attempts_for_matching() -> QuerySet[PaymentAttempt]:
    """Payments by bank file with all that a match asks of them."""
    others = Reconciliation.objects.select_related("line__statement")
    return (
        PaymentAttempt.objects.filter(rail=RailName.BANK_FILE)
        .select_related(
            "batch",
            "payout__payee",
            "payout__milestone__award__application__round__program__fund",
        )
        .prefetch_related(Prefetch("reconciliations", others))
    )


def doubt(line: StatementLine, attempt: PaymentAttempt) -> str:
    """Why the line cannot be about the payment, as a sentence; empty where nothing speaks against.

    `attempt` is of `attempts_for_matching`.
    """
    meant = effect(line)
    if abs(line.amount) != attempt.payout.net:
        return _("The line is about %(line)s, the payment is of %(payment)s.") % {
            "line": abs(line.amount),
            "payment": attempt.payout.net,
        }
    if line.statement.currency != attempt.payout.currency:
        return _("The line and the payment are in different currencies.")
    is_out = line.amount < 0
    if meant not in SETTLED_BY or is_out == (meant == Says.RETURNED):
        return _("The line does not say that a payment was made, refused or came back.")
    if attempt.state not in SETTLED_BY[Says(meant)]:
        return _contradiction(meant, attempt)
    if line.statement.kind == StatementKind.PAIN002:
        return ""
    return _twice(line, meant, attempt)


def _contradiction(meant: str, attempt: PaymentAttempt) -> str:
    if attempt.state == "prepared":
        return _("This payment is being handed over just now. Try again in a minute.")
    if meant == Says.REFUSED:
        return _("This payment is paid in the books: it can come back, but not be refused.")
    if attempt.state == "rejected":
        return _(
            "This payment was refused in the books, yet here money moved."
            " Ask the bank before anything is paid again."
        )
    return _("This payment is settled already.")


def _twice(line: StatementLine, meant: str, attempt: PaymentAttempt) -> str:
    for other in attempt.reconciliations.all():
        is_booked = other.line.statement.kind != StatementKind.PAIN002
        if is_booked and other.line_id != line.pk and effect(other.line) == meant:
            return _(
                "Line %(line)s says the same about this payment already."
                " The bank may have booked it twice: ask the bank."
            ) % {"line": other.line.reference}
    return ""


def fits_of(lines: Sequence[StatementLine]) -> dict[int, list[Fit]]:
    """For each line the payments that may be meant, the surest first. Two queries for all lines.

    A line with a number of ours is about that payment and no other, right or wrong.
    """
    numbers = {line.number for line in lines if line.number}
    named = {found.number: found for found in attempts_for_matching().filter(number__in=numbers)}
    nameless = [line for line in lines if line.number not in named]
    others = list(_candidates(nameless)) if nameless else []
    found: dict[int, list[Fit]] = {}
    for line in lines:
        if line.number in named:
            attempt = named[line.number]
            found[line.pk] = [Fit(attempt, MatchedBy.NUMBER, CERTAIN, doubt(line, attempt))]
        else:
            found[line.pk] = sorted(_by_details(line, others), key=lambda fit: -fit.confidence)
    return found


def _candidates(lines: Sequence[StatementLine]) -> QuerySet[PaymentAttempt]:
    amounts: set[Decimal] = {abs(line.amount) for line in lines}
    first = min(line.booked_on for line in lines) - LATEST_RETURN
    last = max(line.booked_on for line in lines) + DAYS_APART
    sent = Q(batch__send_on__range=(first, last))
    return attempts_for_matching().filter(sent, payout__net__in=amounts).order_by("pk")


def _by_details(line: StatementLine, attempts: Iterable[PaymentAttempt]) -> Iterable[Fit]:
    for attempt in attempts:
        alike = _alike(line, attempt)
        if alike is not None and not doubt(line, attempt):
            yield Fit(attempt, MatchedBy.DETAILS, CONFIDENCE[alike], "")


def _alike(line: StatementLine, attempt: PaymentAttempt) -> tuple[str, bool] | None:
    """What agrees beside the amount: account or tail, and the name; None where it is another."""
    payee = attempt.payout.payee
    if abs(line.amount) != attempt.payout.net or not _near(line, attempt):
        return None
    is_same_name = bool(line.holder_name) and _plain(line.holder_name) == _plain(payee.holder_name)
    if line.account_index:
        is_same = line.account_index == payee.account_index
        return ("account", is_same_name) if is_same else None
    if line.account_tail:
        return ("tail", is_same_name) if line.account_tail == payee.account_tail else None
    return "", is_same_name


def _near(line: StatementLine, attempt: PaymentAttempt) -> bool:
    day: date | None = attempt.batch.send_on
    longest = DAYS_APART
    if effect(line) == Says.RETURNED and attempt.settled_at:
        day, longest = timezone.localdate(attempt.settled_at), LATEST_RETURN
    return day is not None and abs(line.booked_on - day) <= longest


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
