"""Would this award change? Standing under other draws of noise, and without one reviewer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from grants.reviews.calibration.model import Fit
from grants.reviews.calibration.scores import to_places

BOOTSTRAPS = 1000
CHUNK = 50
TAIL = 5  # percent on each side: an interval of 90 %


@dataclass(frozen=True)
class Stability:
    """Per case: bounds of calibrated score and rank, and the share of draws above the line."""

    low: np.ndarray
    high: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    funded_share: np.ndarray


def ranks(score: np.ndarray) -> np.ndarray:
    """1 for the highest, equal for equals (1, 2, 2, 4); cases without a score (NaN) come last."""
    value = np.where(np.isnan(score), -np.inf, score)
    return len(value) + 1 - np.searchsorted(np.sort(value), value, side="right")


def above_line(score: np.ndarray, amounts: np.ndarray, budget: float) -> np.ndarray:
    """Whose amounts, added up from the highest score down, stay within the budget.

    The line is drawn at the first case that no longer fits. Equals go by their order; a case
    without a score is never above.
    """
    value = np.where(np.isnan(score), -np.inf, score)
    order = np.argsort(-value, kind="stable")
    above = np.zeros(len(value), bool)
    above[order] = np.cumsum(amounts[order]) <= budget
    return above & ~np.isnan(score)


def draws(found: Fit, seed: int) -> Iterator[np.ndarray]:
    """Calibrated scores (cases × CHUNK) under other draws of the noise, to two places.

    Residuals of all reviews, scaled to the noise (√(n ÷ freedom)), are drawn with replacement for
    each review and the model is solved again: bootstrap by residuals, Davison and Hinkley,
    Bootstrap Methods (1997), section 6.2.3. So a case with a single review has an interval too.
    The model is linear, hence the new score is the old one and the solution for the drawn noise.
    """
    count = len(found.residual)
    noise = found.residual * np.sqrt(count / found.freedom)
    noise = noise - noise.mean()
    random = np.random.default_rng(seed)
    for _start in range(0, BOOTSTRAPS, CHUNK):
        drawn = noise[random.integers(0, count, (count, CHUNK))]
        change, _severity = found.solver.solve(drawn)
        yield to_places(found.calibrated[:, None] + change)


def stability(
    found: Fit,
    amounts: np.ndarray,
    budget: float,
    *,
    seed: int,
    tick: Callable[[], object] = bool,
) -> Stability | None:
    """None where no case has a second review: nothing then tells the noise.

    `tick` is called after each CHUNK of the draws.
    """
    if found.freedom < 1:
        return None
    scores = np.empty((len(found.calibrated), BOOTSTRAPS), np.float32)
    places = np.empty(scores.shape, np.int32)
    funded = np.zeros(len(scores))
    for number, chunk in enumerate(draws(found, seed)):
        start = number * CHUNK
        for draw, score in enumerate(chunk.T, start):
            places[:, draw] = ranks(score)
            funded += above_line(score, amounts, budget)
        scores[:, start : start + CHUNK] = chunk
        tick()
    low, high = _tails(scores)
    rank_low, rank_high = _tails(places)
    return Stability(
        low.astype(float), high.astype(float), rank_low, rank_high, funded / scores.shape[1]
    )


def _tails(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The draws that leave TAIL percent below and above."""
    cut = drawn.shape[1] * TAIL // 100
    order = np.partition(drawn, [cut, drawn.shape[1] - 1 - cut], axis=1)
    return order[:, cut], order[:, -1 - cut]


def flips(
    found: Fit, amounts: np.ndarray, budget: float, *, tick: Callable[[], object] = bool
) -> np.ndarray:
    """Which cases cross the line when some one of their own reviewers had not taken part.

    The whole round is solved again without all reviews of that person; `tick` is called after
    each. A case that had no other review loses its standing, and so its place above the line.
    """
    scores = found.scores
    before = above_line(to_places(found.calibrated), amounts, budget)
    changed = np.zeros(len(scores.cases), bool)
    for place in range(len(scores.reviewers)):
        own = scores.case[scores.reviewer == place]
        after = above_line(to_places(found.solver.without(place)), amounts, budget)
        changed[own] |= before[own] != after[own]
        tick()
    return changed
