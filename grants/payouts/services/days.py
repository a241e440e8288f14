"""Closing days: what the bank said of a day is matched, and stays as it is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.money import ZERO, MoneyField
from grants.core.policy import require
from grants.events.services import record
from grants.payouts.models import ClosedDay, Payout, RailName, StatementKind, StatementLine
from grants.payouts.services.statements import one_at_a_time

SHOWN = 100
BOOKED = ~Q(statement__kind=StatementKind.PAIN002)


@dataclass
class OpenDay:
    """A day that is not closed: its lines, those still open, and payouts without a line."""

    day: date
    lines: int = 0
    open: int = 0
    unmatched: int = 0
    money_in: Decimal = ZERO
    money_out: Decimal = ZERO

    @property
    def is_ready(self) -> bool:
        return not self.open and not self.unmatched and self.day < timezone.localdate()


def _sum(sign: Q):
    """The sum of amounts that the bank booked; a status report moves no money."""
    amount = Case(When(sign & BOOKED, then=F("amount")), default=ZERO, output_field=MoneyField())
    return Sum(amount, default=ZERO)


def _unmatched():
    """Payouts that a bank file paid and no line says so."""
    return Payout.objects.filter(
        state="paid", matched_at=None, batch__rail=RailName.BANK_FILE, paid_at__isnull=False
    )


def days_to_close() -> list[OpenDay]:
    """The days that are not closed, the oldest first, at most a hundred. Two queries."""
    closed = ClosedDay.objects.values("day")
    lines = (
        StatementLine.objects.exclude(booked_on__in=closed)
        .order_by("booked_on")
        .values("booked_on")
        .annotate(
            lines=Count("pk"),
            open=Count("pk", filter=Q(state="open")),
            money_in=_sum(Q(amount__gt=0)),
            money_out=-_sum(Q(amount__lt=0)),
        )
    )
    found = {
        row["booked_on"]: OpenDay(
            row["booked_on"],
            lines=row["lines"],
            open=row["open"],
            money_in=row["money_in"],
            money_out=row["money_out"],
        )
        for row in lines[:SHOWN]
    }
    paid = (
        _unmatched()
        .annotate(day=TruncDate("paid_at"))
        .exclude(day__in=closed)
        .order_by("day")
        .values("day")
        .annotate(count=Count("pk"))
    )
    for row in paid[:SHOWN]:
        found.setdefault(row["day"], OpenDay(row["day"])).unmatched = row["count"]
    return sorted(found.values(), key=lambda open_day: open_day.day)[:SHOWN]


@transaction.atomic
def close_day(day: date, *, by) -> ClosedDay:
    """Closes a day that is over and matched; what the bank said of it no longer changes.

    Raises `Refused` while a line of it is open, or a payout paid on it has no line.
    """
    require(by, "close_day")
    one_at_a_time()
    if day >= timezone.localdate():
        raise Refused(_("%(day)s is not over yet.") % {"day": day})
    if ClosedDay.objects.filter(day=day).exists():
        raise Refused(_("%(day)s is closed already.") % {"day": day})
    of_day = StatementLine.objects.filter(booked_on=day)
    lines = list(of_day.select_for_update(of=("self",)).order_by("fingerprint"))
    _refuse_unfinished(day, lines)
    sums = of_day.aggregate(money_in=_sum(Q(amount__gt=0)), money_out=-_sum(Q(amount__lt=0)))
    closed = ClosedDay.objects.create(
        day=day, count=len(lines), digest=_digest_of(day), closed_by=by, **sums
    )
    data = {"count": closed.count, "digest": closed.digest, **sums}
    record(closed, "close", by=by, data=data)
    return closed


def _refuse_unfinished(day: date, lines: list[StatementLine]) -> None:
    count = sum(line.state == "open" for line in lines)
    if count:
        words = {"day": day, "count": count}
        raise Refused(_("%(count)s lines of %(day)s are still to be matched.") % words)
    unmatched = list(
        _unmatched()
        .filter(paid_at__date=day)
        .order_by("pk")
        .values_list("reference", flat=True)[:10]
    )
    if unmatched:
        words = {"day": day, "references": ", ".join(unmatched)}
        raise Refused(_("No bank line says that these were paid: %(references)s.") % words)
    if not lines:
        raise Refused(_("There is no bank line of %(day)s.") % {"day": day})


def _digest_of(day: date) -> str:
    rows = StatementLine.objects.filter(booked_on=day).order_by("fingerprint")
    return digest(
        [
            list(row)
            for row in rows.values_list(
                "fingerprint",
                "state",
                "reason",
                "reconciliation__attempt__number",
                "reconciliation__how",
                "reconciliation__confidence",
            )
        ]
    )
