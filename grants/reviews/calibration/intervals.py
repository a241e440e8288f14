"""Rates with their intervals, small groups hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEAST = 5


@dataclass(frozen=True)
class Rate:
    """`successes` of `count`, the rate and its bounds; all None where hidden."""

    count: int | None
    successes: int | None
    rate: float | None
    low: float | None
    high: float | None

    @property
    def is_hidden(self) -> bool:
        return self.count is None


HIDDEN = Rate(None, None, None, None, None)


def wilson(successes: int, count: int, *, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a share, (0, 1) where nothing was seen: Wilson, JASA 22 (1927), 209."""
    if not count:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, square = successes / count, z * z / count
    centre = (share + square / 2) / (1 + square)
    half = z / (1 + square) * sqrt(share * (1 - share) / count + square / count / 4)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def rates(groups: Mapping[str, tuple[int, int]], *, least: int = LEAST) -> dict[str, Rate]:
    """Rates of (successes, count) by group.

    Groups of fewer than `least` are hidden. Where they are together fewer than `least`, taking the
    shown ones from the total would tell of them: then the smallest shown group is hidden too.
    """
    hidden = {name for name, (_won, count) in groups.items() if count < least}
    shown = sorted(groups.keys() - hidden, key=lambda name: (groups[name][1], name))
    if 0 < sum(groups[name][1] for name in hidden) < least and shown:
        hidden.add(shown[0])
    return {
        name: HIDDEN if name in hidden else Rate(count, won, won / count, *wilson(won, count))
        for name, (won, count) in groups.items()
    }
