"""Exchanges after which no two reviewers always meet."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from grants.reviews.matching.points import Table, panels

OFTEN = (0.4, 0.3, 0.2)  # share of the cases of the one who has fewer; the worst go first
MEETINGS = 2  # and always on so many
YIELD = 0.003  # share of the plan's points that may be given up for it
TRIES = 300  # exchanges looked at for each meeting too many
EXCHANGES = 5000  # meetings too many that are looked at for each share


def spread(asked: Table, chosen: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The plan (bool, cases × reviewers) with fewer meetings of the same two reviewers.

    Two cases exchange a reviewer each, so that needs and loads stay. For each meeting above what
    OFTEN allows (or twice what chance alone would give, or MEETINGS), TRIES places drawn by the
    seed are looked at and the one taken that loses the fewest points and makes no other two meet
    too often. In all at most YIELD of the points is lost; held pairs do not move.
    """
    return _Panels(asked, chosen).spread(random)


class _Panels:
    def __init__(self, asked: Table, chosen: np.ndarray) -> None:
        self.asked = asked
        self.chosen = chosen.copy()
        panel = panels(asked, chosen)
        self.panels = [set(np.flatnonzero(row).tolist()) for row in panel]
        whole = panel.astype(np.float32)
        self.meetings = np.rint(whole.T @ whole).astype(np.int64)
        cases = self.meetings.diagonal().copy()
        np.fill_diagonal(self.meetings, 0)
        self.loads = cases
        self.cases, self.reviewers = (part.copy() for part in chosen.nonzero())

    def _most(self, share: float) -> np.ndarray:
        """How often each two may meet, reviewers × reviewers."""
        size = max((len(own) for own in self.panels), default=0)
        chance = 2 * (size - 1) / max(len(self.loads) - 1, 1)
        fewer = np.minimum(self.loads[:, None], self.loads)
        return np.maximum(np.ceil(max(share, chance) * fewer), MEETINGS).astype(np.int64)

    def spread(self, random: np.random.Generator) -> np.ndarray:
        left = YIELD * float(self.asked.points[self.chosen].sum())
        for share in OFTEN:
            self.most = self._most(share)
            for place in islice(self._places(random), EXCHANGES):
                left -= self._exchange(place, left, random)
        return self.chosen

    def _places(self, random: np.random.Generator) -> Iterator[int]:
        """Where one of two who meet too often can leave the other, while they do."""
        for first, second in self._too_often():
            for place in random.permutation(self._together(first, second)).tolist():
                if self.meetings[first, second] <= self.most[first, second]:
                    break
                if {first, second} <= self.panels[self.cases[place]]:
                    yield place

    def _too_often(self) -> list[tuple[int, int]]:
        """Pairs above what is allowed, the worst first."""
        above = np.triu(self.meetings - self.most)
        first, second = (above > 0).nonzero()
        order = np.argsort(-above[first, second], kind="stable")
        return list(zip(first[order].tolist(), second[order].tolist(), strict=True))

    def _together(self, first: int, second: int) -> np.ndarray:
        """The places of new pairs where one of both can leave the other."""
        mine = np.flatnonzero(np.isin(self.reviewers, (first, second)))
        both = [{first, second} <= self.panels[case] for case in self.cases[mine]]
        return mine[np.array(both, bool)]

    def _exchange(self, place: int, left: float, random: np.random.Generator) -> float:
        """Takes the best exchange for this place if there is one; returns the points it loses."""
        case, own = int(self.cases[place]), int(self.reviewers[place])
        others = random.integers(0, len(self.cases), TRIES)
        theirs, givers = self.cases[others], self.reviewers[others]
        fits = self.asked.allowed[case, givers] & self.asked.allowed[theirs, own]
        fits &= ~self.chosen[case, givers] & ~self.chosen[theirs, own] & (theirs != case)
        stay = np.array(sorted(self.panels[case] - {own}), np.int64)
        fits &= (self.meetings[givers[:, None], stay] < self.most[givers[:, None], stay]).all(
            axis=1
        )
        points = self.asked.points
        lost = (
            points[case, own] + points[theirs, givers] - points[case, givers] - points[theirs, own]
        )
        fits &= lost <= left
        for at in np.flatnonzero(fits)[np.argsort(lost[fits], kind="stable")].tolist():
            if self._welcome(own, int(theirs[at]), int(givers[at])):
                self._move(place, int(others[at]))
                return float(lost[at])
        return 0.0

    def _welcome(self, own: int, case: int, giver: int) -> bool:
        return all(
            self.meetings[own, other] < self.most[own, other]
            for other in self.panels[case] - {giver}
        )

    def _move(self, place: int, other: int) -> None:
        first, second = int(self.reviewers[place]), int(self.reviewers[other])
        for at, leaves, comes in ((place, first, second), (other, second, first)):
            case = int(self.cases[at])
            self.panels[case].remove(leaves)
            stay = list(self.panels[case])
            self._meet(leaves, stay, -1)
            self._meet(comes, stay, 1)
            self.panels[case].add(comes)
            self.chosen[case, [leaves, comes]] = False, True
            self.reviewers[at] = comes

    def _meet(self, reviewer: int, others: list[int], times: int) -> None:
        self.meetings[reviewer, others] += times
        self.meetings[others, reviewer] += times
