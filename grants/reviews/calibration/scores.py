"""The reviews of a round as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scores:
    """n reviews in order of (case, reviewer), in whichever order they came.

    `case` and `reviewer` are places in `cases` and `reviewers` (keys, ascending). `raw` is each
    review's weighted mean on 0…100; `adjusted` the same with the criteria that it left out made
    good for (see `scores`); `weight` the share of the criteria's weight that it scored, above 0.
    """

    cases: np.ndarray
    reviewers: np.ndarray
    case: np.ndarray
    reviewer: np.ndarray
    raw: np.ndarray
    adjusted: np.ndarray
    weight: np.ndarray

    def without(self, reviewer: int) -> "Scores":
        """Without the reviews of the one at that place; cases and reviewers keep their places."""
        kept = self.reviewer != reviewer
        parts = (self.case, self.reviewer, self.raw, self.adjusted, self.weight)
        return Scores(self.cases, self.reviewers, *(part[kept] for part in parts))


def scores(
    rows: Iterable[tuple[int, int, Sequence[float | None]]], weights: Sequence[float]
) -> Scores:
    """From (case key, reviewer key, a value of 0…1 per criterion or None) and criteria's weights.

    A review's raw score is Σ wₖ yₖ ÷ Σ wₖ over the criteria k that it scored. Its adjusted score is
    M + Σ wₖ (yₖ - mₖ) ÷ Σ wₖ over the same, with mₖ the mean of criterion k over all reviews and
    M = Σ wₖ mₖ ÷ Σ wₖ over all criteria: leaving out a criterion where everybody scores low is
    then no advantage. With every criterion scored
    both are equal. Reviews that scored nothing are left out.
    """
    ordered = sorted(rows, key=lambda row: row[:2])
    keys = np.array([row[:2] for row in ordered], np.int64).reshape(-1, 2)
    values = np.array([row[2] for row in ordered], float).reshape(len(ordered), len(weights))
    return from_arrays(keys[:, 0], keys[:, 1], values, np.array(weights, float))


def from_arrays(case, reviewer, values: np.ndarray, weights: np.ndarray) -> Scores:
    """The same for arrays that are in order: keys (n), values (n × criteria, NaN is left out)."""
    values = 100 * values
    seen = ~np.isnan(values)
    scored = np.where(seen, weights, 0)
    told = scored.sum(axis=1) > 0
    case, reviewer, values = case[told], reviewer[told], values[told]
    seen, scored = seen[told], scored[told]
    total = scored.sum(axis=1)
    filled = np.where(seen, values, 0)
    mean = filled.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    known = np.where(seen.any(axis=0), weights, 0)
    centre = (known * mean).sum() / known.sum() if known.any() else 0.0
    cases, case_at = np.unique(case, return_inverse=True)
    reviewers, reviewer_at = np.unique(reviewer, return_inverse=True)
    return Scores(
        cases=cases,
        reviewers=reviewers,
        case=case_at,
        reviewer=reviewer_at,
        raw=(scored * filled).sum(axis=1) / total,
        adjusted=centre + (scored * (filled - mean)).sum(axis=1) / total,
        weight=total / known.sum() if known.any() else total,
    )


def to_places(value: np.ndarray) -> np.ndarray:
    """Within 0…100, half-up to two places, as scores are shown; NaN stays."""
    return np.floor(np.clip(value, 0, 100) * 100 + 0.5 + 1e-7) / 100
