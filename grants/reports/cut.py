"""Where the money ends: who is above the line of a ranking under a budget and a few rules. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from grants.core.money import ZERO

FEN = Decimal("0.01")


@dataclass(frozen=True)
class Candidate:
    """One application in the ranking. `score` is on 0–100, None where nobody has scored it."""

    key: int
    score: Decimal | None
    amount: Decimal
    reviews: int
    category: str = ""


@dataclass(frozen=True)
class Cut:
    """The rules. `minimums` is category → how many of it are funded first, best first.

    Amounts are multiplied by `factor`, then held at `cap` at most; never are they reduced below
    `least`, the smallest award.
    """

    budget: Decimal
    floor: Decimal | None = None
    least_reviews: int = 0
    minimums: Mapping[str, int] = field(default_factory=dict)
    factor: Decimal = Decimal(1)
    cap: Decimal | None = None
    least: Decimal = ZERO

    def as_data(self) -> dict:
        """For JSON; `Cut.of` reads it back."""
        data = asdict(self)
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in data.items()
        }

    @classmethod
    def of(cls, data: Mapping) -> "Cut":
        numbers = {"budget", "floor", "factor", "cap", "least"}
        values: dict[str, Any] = {
            name: Decimal(value) if name in numbers and value is not None else value
            for name, value in data.items()
        }
        return cls(**values)

    def reduced(self, amount: Decimal) -> Decimal:
        less = (amount * self.factor).quantize(FEN, rounding=ROUND_HALF_UP)
        if self.cap is not None:
            less = min(less, self.cap)
        return min(amount, max(less, self.least))


class Why(StrEnum):
    RANK = "rank"  # in: above the line
    MINIMUM = "minimum"  # in: one of the first of its category
    FLOOR = "floor"  # out: scored below the floor, or by nobody
    REVIEWS = "reviews"  # out: too few reviews
    BUDGET = "budget"  # out: below the line


@dataclass(frozen=True)
class Drawn:
    """One application after the cut; `amount` is what it would get or, when out, would have got."""

    key: int
    is_in: bool
    amount: Decimal
    why: Why


@dataclass(frozen=True)
class Line:
    """All applications in the order of the ranking, and the money that is given out and left."""

    drawn: Sequence[Drawn]
    spent: Decimal
    left: Decimal

    @property
    def funded(self) -> set[int]:
        return {row.key for row in self.drawn if row.is_in}

    def entering(self, other: "Line") -> set[int]:
        """Who is in here and out there."""
        return self.funded - other.funded


def draw(ranked: Iterable[Candidate], cut: Cut) -> Line:
    """Walks down the ranking; the line is at the first application that no longer fits.

    First, each category gets its minimum, in the order of the ranking, as far as the budget goes;
    the rest of the budget then goes down the ranking.
    """
    candidates = list(ranked)
    amounts = {one.key: cut.reduced(one.amount) for one in candidates}
    out = {one.key: why for one in candidates if (why := _excluded(one, cut))}
    eligible = [one for one in candidates if one.key not in out]
    left, reasons = _first_of_each(eligible, amounts, cut)
    for one in eligible:
        if one.key in reasons:
            continue
        if amounts[one.key] > left:
            break
        reasons[one.key] = Why.RANK
        left -= amounts[one.key]
    drawn = [
        Drawn(
            one.key,
            one.key in reasons,
            amounts[one.key],
            reasons.get(one.key) or out.get(one.key, Why.BUDGET),
        )
        for one in candidates
    ]
    return Line(drawn, cut.budget - left, left)


def _excluded(one: Candidate, cut: Cut) -> Why | None:
    if one.score is None or (cut.floor is not None and one.score < cut.floor):
        return Why.FLOOR
    return Why.REVIEWS if one.reviews < cut.least_reviews else None


def _first_of_each(
    eligible: Sequence[Candidate], amounts: Mapping[int, Decimal], cut: Cut
) -> tuple[Decimal, dict[int, Why]]:
    """What is left of the budget, and who came in by the minimum of their category."""
    left, wanted, reasons = cut.budget, dict(cut.minimums), {}
    for one in eligible:
        if wanted.get(one.category, 0) > 0 and amounts[one.key] <= left:
            reasons[one.key] = Why.MINIMUM
            wanted[one.category] -= 1
            left -= amounts[one.key]
    return left, reasons
