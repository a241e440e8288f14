"""The fund at a glance: where its money is, from the books."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from grants.awards.models import Award
from grants.core.money import ZERO
from grants.ledger.models import LedgerAccount, Place
from grants.programs.models import Fund, Round


@dataclass(frozen=True)
class Glance:
    """`capital` is the sum of the other four. `promised` is awarded and not paid yet."""

    fund: Fund
    capital: Decimal
    available: Decimal
    in_rounds: Decimal
    promised: Decimal
    paid: Decimal


def _booked(owners: QuerySet, *places: str) -> Coalesce:
    """The sum of the owners' accounts at the places; `owners` yields one column."""
    sums = (
        LedgerAccount.objects.filter(place__in=places, owner__in=owners)
        .order_by()
        .values("currency")
        .annotate(total=Sum("balance"))
        .values("total")[:1]
    )
    money = DecimalField(max_digits=18, decimal_places=2)
    return Coalesce(Subquery(sums, output_field=money), Value(ZERO, output_field=money))


def glances() -> list[Glance]:
    """One for each fund, by one query. What is promised is the rest: the books balance."""
    own = Fund.objects.filter(pk=OuterRef(OuterRef("pk"))).values("slug")
    rounds = Round.objects.filter(program__fund=OuterRef(OuterRef("pk"))).values("slug")
    awards = Award.objects.filter(
        application__round__program__fund=OuterRef(OuterRef("pk"))
    ).values("reference")
    funds = Fund.objects.annotate(
        available=_booked(own, Place.AVAILABLE),
        in_rounds=_booked(rounds, Place.ALLOCATED),
        withheld=_booked(own, Place.TAX_PAID),
        received=_booked(awards, Place.PAID),
    ).order_by("pk")
    return [_glance(fund) for fund in funds]


def _glance(fund) -> Glance:
    paid = fund.received + fund.withheld
    return Glance(
        fund=fund,
        capital=fund.capital,
        available=fund.available,
        in_rounds=fund.in_rounds,
        promised=fund.capital - fund.available - fund.in_rounds - paid,
        paid=paid,
    )
