"""The additive model: a reviewer gives what the case is worth, less the reviewer's severity.

    yᵢⱼ = aᵢ - sⱼ + e        yᵢⱼ  adjusted score of case i by reviewer j (see `scores`)
    minimise Σ wᵢⱼ (yᵢⱼ - aᵢ + sⱼ)² + RIDGE × Σ sⱼ²

wᵢⱼ is the share of the criteria's weight that the review scored. Case effects are free, so that a
severity rests only on comparisons with those who read the same cases, and cases are not drawn
towards each other. Severities are shrunk towards 0: of n reviews compared with exact colleagues the
difference counts n ÷ (n + RIDGE). They sum to 0 in each part of the panel that shares cases; where
parts share none, nothing can be known of the difference between them, and none is taken. The
calibrated score is aᵢ = Σ wᵢⱼ (yᵢⱼ + sⱼ) ÷ Σ wᵢⱼ.

Sources: two-way additive model and its normal equations: Searle, Linear Models (1971), chapter 7.
Ridge: Hoerl and Kennard, Technometrics 12 (1970), 55-67; RIDGE is the ratio of the variance of
noise to that of severities, as in Robinson, Statistical Science 6 (1991), 15-32; 2 stands for
severities of 7 points (standard deviation) beside a noise of 10.
"""

from dataclasses import dataclass

import numpy as np

from grants.reviews.calibration.scores import Scores

FORMULA = "1"
RIDGE = 2.0
CLOSE = 1e-6  # points by which an equation may be off


@dataclass(frozen=True)
class Fit:
    """Per case `raw` (plain mean of reviews) and `calibrated`, NaN without a review; per reviewer
    `severity` in points (positive: stricter than colleagues). `residual` is per review, and
    `freedom` how many of the reviews are left to measure noise by."""

    scores: Scores
    raw: np.ndarray
    calibrated: np.ndarray
    severity: np.ndarray
    residual: np.ndarray
    freedom: float
    solver: "Solver"


class Solver:
    """The normal equations of a set of reviews, ready for any number of score vectors."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.total = np.bincount(scores.case, scores.weight, len(scores.cases))
        self.share = scores.weight / self.total[scores.case]
        size = len(scores.reviewers)
        spread = np.zeros((len(scores.cases), size))
        np.add.at(spread, (scores.case, scores.reviewer), scores.weight)
        self.part = spread / np.where(self.total > 0, self.total, 1)[:, None]
        self.matrix = np.diag(spread.sum(axis=0) + RIDGE) - spread.T @ self.part
        self.inverse = np.linalg.inv(self.matrix)

    def solve(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Case effects (NaN without a review) and severities of values (n) or (n × many)."""
        scores = self.scores
        mean = _sums(scores.case, self.share, values, len(scores.cases))
        excess = values - mean[scores.case]
        given = _sums(scores.reviewer, scores.weight, excess, len(scores.reviewers))
        lenience = self.inverse @ given
        effect = mean - self.part @ lenience
        effect[self.total == 0] = np.nan
        return effect, -lenience

    def without(self, place: int) -> np.ndarray:
        """Case effects without one reviewer's reviews.

        By conjugate gradients on the changed equations, begun and preconditioned by the inverse of
        the whole ones: Golub and Van Loan, Matrix Computations, section 11.5.
        """
        scores = self.scores
        case, reviewer, size = scores.case, scores.reviewer, len(scores.reviewers)
        weight = np.where(reviewer == place, 0, scores.weight)
        total = np.bincount(case, weight, len(scores.cases))
        share = weight / np.where(total > 0, total, 1)[case]

        def means(value: np.ndarray) -> np.ndarray:
            return np.bincount(case, share * value, len(scores.cases))

        def excess(value: np.ndarray) -> np.ndarray:
            return np.bincount(reviewer, weight * (value - means(value)[case]), size)

        left = excess(scores.adjusted)
        lenience = self.inverse @ left
        left = left - excess(lenience[reviewer]) - RIDGE * lenience
        step = ready = self.inverse @ left
        for _turn in range(size + 1):
            if np.abs(left).max() < CLOSE:
                break
            pull = excess(step[reviewer]) + RIDGE * step
            length = (left @ ready) / (step @ pull)
            lenience = lenience + length * step
            before, left = left @ ready, left - length * pull
            ready = self.inverse @ left
            step = ready + (left @ ready) / before * step
        effect = means(scores.adjusted - lenience[reviewer])
        effect[total == 0] = np.nan
        return effect

    @property
    def parameters(self) -> float:
        """How many the model has: the cases, and of reviewers as many as shrinking leaves."""
        return float((self.total > 0).sum() + len(self.matrix) - RIDGE * np.trace(self.inverse))


def fit(scores: Scores) -> Fit:
    solver = Solver(scores)
    calibrated, severity = solver.solve(scores.adjusted)
    count = np.bincount(scores.case, minlength=len(scores.cases))
    with np.errstate(invalid="ignore"):
        raw = np.bincount(scores.case, scores.raw, len(scores.cases)) / np.where(
            count, count, np.nan
        )
    residual = scores.adjusted - calibrated[scores.case] + severity[scores.reviewer]
    return Fit(
        scores=scores,
        raw=raw,
        calibrated=calibrated,
        severity=severity,
        residual=residual,
        freedom=len(scores.case) - solver.parameters,
        solver=solver,
    )


def _sums(at: np.ndarray, weight: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Σ weight × values by place, for one column of values or many."""
    if values.ndim == 1:
        return np.bincount(at, weight * values, size)
    order = np.argsort(at, kind="stable")
    found, starts = np.unique(at[order], return_index=True)
    sums = np.zeros((size, values.shape[1]))
    sums[found] = np.add.reduceat(weight[order, None] * values[order], starts, axis=0)
    return sums
