"""The payout register: which payouts, their totals, and one row of columns for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications.models import kept_from
from grants.core.bilingual import is_chinese
from grants.core.errors import Refused
from grants.core.money import ZERO
from grants.payouts.lifecycle import PayoutState
from grants.payouts.models import PaymentAttempt, Payout, PayoutQuerySet
from grants.programs.models import Fund, Round

CHUNK = 2000
YEARS = range(2000, 2101)
AWARD = "milestone__award__"
APPLICATION = AWARD + "application__"
ROUND = APPLICATION + "round__"
CURRENCY = ROUND + "program__fund__currency"
OWN = ("reference", "gross", "withheld", "net", "state", "due_at", "sent_at", "paid_at")
REFERENCES = {
    "PAY": "reference",
    "AWD": AWARD + "reference",
    "APP": APPLICATION + "reference",
    "BAT": "batch__reference",
}


class Moment(models.TextChoices):
    """Which of a payout's instants a range of days speaks of."""

    PAID = "paid", gettext_lazy("Paid on")
    DUE = "due", gettext_lazy("Due on")


def day_starts(day: date) -> datetime:
    """Midnight of the day in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which payouts are meant. Both days are included; they speak of `moment`."""

    since: date | None = None
    until: date | None = None
    moment: str = Moment.PAID
    round: Round | None = None
    state: str = ""
    search: str = ""

    def check(self) -> None:
        """Raises `Refused` for senseless days."""
        for field in ("since", "until"):
            day = getattr(self, field)
            if day and day.year not in YEARS:
                raise Refused(_("Enter a day between 2000 and 2100."), field=field)
        if self.since and self.until and self.since > self.until:
            raise Refused(_("The last day is before the first day."), field="until")

    def of(self, payouts: PayoutQuerySet) -> PayoutQuerySet:
        """The payouts among `payouts` that are meant. Raises `Refused` as `check` does."""
        self.check()
        column = f"{self.moment}_at"
        if self.since:
            payouts = payouts.filter(**{column + "__gte": day_starts(self.since)})
        if self.until:
            following = day_starts(self.until + timedelta(days=1))
            payouts = payouts.filter(**{column + "__lt": following})
        if self.round:
            payouts = payouts.filter(**{APPLICATION + "round": self.round})
        if self.state:
            payouts = payouts.filter(state=self.state)
        return payouts.filter(self._found())

    def _found(self) -> Q:
        text = self.search.strip()
        if not text:
            return Q()
        column = REFERENCES.get(text[:3].upper())
        if column:
            return Q(**{column + "__startswith": text.upper()})
        return Q(**{APPLICATION + "organisation__name__icontains": text})

    def as_data(self) -> dict:
        """For the event of an export."""
        return {
            "moment": str(self.moment),
            "since": self.since,
            "until": self.until,
            "round": self.round.slug if self.round else "",
            "state": self.state,
            "search": self.search,
        }


@dataclass
class Total:
    """How many payouts and what they come to in one currency, and in one state if it is given."""

    currency: str
    state: str = ""
    count: int = 0
    gross: Decimal = ZERO
    withheld: Decimal = ZERO
    net: Decimal = ZERO

    @property
    def label(self) -> str:
        return str(PayoutState(self.state).label)

    def add(self, count: int, gross: Decimal, withheld: Decimal, net: Decimal) -> None:
        self.count += count
        self.gross += gross
        self.withheld += withheld
        self.net += net


def totals_by_state(payouts: PayoutQuerySet) -> list[Total]:
    """One total for each state and currency that occurs, in the order of a payout's life."""
    currencies = list(Fund.objects.order_by().values_list("currency", flat=True).distinct()[:2])
    # With one currency (nearly always) the sums need none of the joins that lead to the fund.
    currency = F(CURRENCY) if len(currencies) > 1 else Value(currencies[0] if currencies else "CNY")
    rows = (
        payouts.order_by()
        .annotate(money=currency)
        .values_list("money", "state")
        .annotate(Count("pk"), Sum("gross"), Sum("withheld"), Sum("net"))
    )
    place = PayoutState.values.index
    return sorted((Total(*row) for row in rows), key=lambda row: (row.currency, place(row.state)))


def whole(totals: list[Total]) -> list[Total]:
    """The totals summed over their states, one for each currency; a zero where there is none."""
    sums: dict[str, Total] = {}
    for row in totals:
        total = sums.setdefault(row.currency, Total(row.currency))
        total.add(row.count, row.gross, row.withheld, row.net)
    return list(sums.values()) or [Total("CNY")]


def _words(zh: str, en: str) -> Coalesce:
    first, second = (zh, en) if is_chinese() else (en, zh)
    return Coalesce(NullIf(F(first), Value("")), F(second))


def _person(path: str) -> Coalesce:
    name = NullIf(F(path + "__name"), Value(""))
    return Coalesce(name, F(path + "__email"), output_field=models.CharField())


def _columns() -> dict:
    """What a row of the register adds to the payout's own columns, in the active language."""
    last_attempt = PaymentAttempt.objects.filter(payout=OuterRef("pk")).order_by("-pk")
    program = ROUND + "program__"
    return {
        "award": F(AWARD + "reference"),
        "application": F(APPLICATION + "reference"),
        "organisation": F(APPLICATION + "organisation__name"),
        "credit_code": F(APPLICATION + "organisation__credit_code"),
        "program": _words(program + "name_zh", program + "name_en"),
        "round": _words(ROUND + "title_zh", ROUND + "title_en"),
        "milestone_number": F("milestone__number"),
        "milestone_title": _words("milestone__title_zh", "milestone__title_en"),
        "money": F(CURRENCY),
        "bank": F("payee__bank_name"),
        "payee_kind": F("payee__kind"),
        "account": F("payee__account_tail"),
        "attempt": Subquery(last_attempt.values(both=JSONObject(number="number", rail="rail"))[:1]),
        "batch_reference": F("batch__reference"),
        "prepared_by": _person("batch__prepared_by"),
        "approved_by": _person("batch__approved_by"),
    }


def rows(payouts: PayoutQuerySet) -> Iterator:
    """Every payout in the order in which they became due, from a server-side cursor.

    A row has the columns of `OWN` and of `_columns`; `attempt` is the last one's number and rail,
    or None. One query, and so one consistent state of the database, however long the reading takes.
    """
    columns = _columns()
    query = payouts.order_by("pk").annotate(**columns)
    with transaction.atomic():
        yield from query.values_list(*OWN, *columns, named=True).iterator(chunk_size=CHUNK)


def visible_payouts(user) -> PayoutQuerySet:
    """The payouts that the person's register may hold; all of them for the system (`None`)."""
    if user is None:
        return Payout.objects.all()
    return Payout.objects.visible_to(user).filter(~kept_from(user, APPLICATION))
