"""The figures behind the plots of a board: each is a table first."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grants.reports.standings import Calibrated, LastIn, Raw
from grants.reviews.models import ReviewerStanding

BIN = 5
AROUND = 20


@dataclass(frozen=True)
class Bin:
    """How many applications have a raw and a calibrated score from `low` up to below `high`."""

    low: int
    high: int
    raw: int
    calibrated: int

    @property
    def label(self) -> str:
        return f"{self.low}–{self.high}"


def distribution(standings: Sequence) -> list[Bin]:
    """Counts by fives from 0 to 100, without the empty ends; 100 falls into the last."""
    raw, calibrated = ([0] * (100 // BIN) for _column in range(2))
    for row in standings:
        for counts, score in ((raw, row.raw), (calibrated, row.calibrated)):
            if score is not None:
                counts[min(int(score) // BIN, len(counts) - 1)] += 1
    bins = [
        Bin(BIN * place, BIN * (place + 1), raw[place], calibrated[place])
        for place in range(len(raw))
    ]
    full = [place for place, one in enumerate(bins) if one.raw or one.calibrated]
    return bins[full[0] : full[-1] + 1] if full else []


def around_line(standings: Sequence, last_in: LastIn) -> list:
    """The standings next to the line, twenty on each side, those with an interval."""
    first = max(last_in.number - AROUND, 0)
    return [row for row in standings[first : last_in.number + AROUND] if row.low is not None]


def severities(ranking: Calibrated | Raw) -> list[ReviewerStanding]:
    """From the strictest to the mildest."""
    if ranking.run is None:
        return []
    rows = ReviewerStanding.objects.filter(run=ranking.run).select_related("reviewer")
    return list(rows.order_by("-severity", "pk"))


def as_numbers(values: Sequence[Decimal | None]) -> list[float | None]:
    """For a plot alone: nobody counts with these."""
    return [None if value is None else float(value) for value in values]
