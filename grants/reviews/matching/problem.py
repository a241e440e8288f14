"""The question of an assignment and its answer, in plain data."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Case:
    """An application: `needs` more reviewers beside those of `held`, who stay."""

    key: int
    needs: int
    topics: frozenset[str]
    language: str
    held: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reviewer:
    """`load` already counts against `limit`, the cases that hold the reviewer among them."""

    key: int
    limit: int
    load: int
    topics: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True)
class Problem:
    """`barred` holds (case key, reviewer key): conflicts, declined, recused."""

    cases: Sequence[Case]
    reviewers: Sequence[Reviewer]
    barred: Set[tuple[int, int]]
    seed: int = 0


class Reason(StrEnum):
    """Fewer reviewers than needed; too few of them without a conflict; all at their limit."""

    NOBODY = "nobody"
    CONFLICTS = "conflicts"
    LOAD = "load"


@dataclass(frozen=True)
class Shortage:
    """So many of a case's reviewers are missing for this reason; a case may have two of them."""

    case: int
    missing: int
    reason: str


@dataclass(frozen=True)
class Plan:
    """New (case key, reviewer key) pairs, sorted.

    `objective` is in points: the sum of the pairs' points less the cost of loads. No plan of as
    many pairs has more than `bound`. `loads` are the reviewers' loads after the plan.
    `together` is how often the two reviewers who meet most often meet, held ones included.
    """

    pairs: list[tuple[int, int]]
    objective: float
    bound: float
    loads: dict[int, int]
    shortages: list[Shortage]
    together: int = 0
