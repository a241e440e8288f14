"""How far reviewers of the same cases agree."""

from dataclasses import dataclass

import numpy as np

from grants.reviews.calibration.model import Fit
from grants.reviews.calibration.scores import Scores

LEAST_CASES = 3


@dataclass(frozen=True)
class Agreement:
    """1 is full agreement, 0 no more than chance; None where it cannot be known.

    `icc` is the intraclass correlation ICC(1) of one review (one-way, cases of unequal numbers of
    reviews), `icc_calibrated` the same without the severities, `alpha` Krippendorff's for interval
    data.
    """

    icc: float | None
    icc_calibrated: float | None
    alpha: float | None


def agreement(found: Fit) -> Agreement:
    scores = found.scores
    calibrated = scores.adjusted + found.severity[scores.reviewer]
    return Agreement(
        icc=icc(scores.case, scores.raw),
        icc_calibrated=icc(scores.case, calibrated),
        alpha=alpha(scores.case, scores.raw),
    )


def icc(case: np.ndarray, value: np.ndarray) -> float | None:
    """(MSB - MSW) ÷ (MSB + (k - 1) MSW), k = (N - Σ nᵢ² ÷ N) ÷ (cases - 1).

    Shrout and Fleiss, Psychological Bulletin 86 (1979), 420-428, case 1; k for unequal numbers
    after Searle, Casella and McCulloch, Variance Components (1992), section 3.6.
    """
    count, _mean, within = _by_case(case, value)
    cases, total = len(count), int(count.sum())
    if cases < 2 or total <= cases:
        return None
    between = float(((value - value.mean()) ** 2).sum()) - within.sum()
    low = within.sum() / (total - cases)
    high = between / (cases - 1)
    size = (total - (count**2).sum() / total) / (cases - 1)
    below = high + (size - 1) * low
    return float((high - low) / below) if below > 1e-12 else None


def alpha(case: np.ndarray, value: np.ndarray) -> float | None:
    """1 - observed ÷ expected disagreement, by squared differences, of cases read twice or more.

    Krippendorff, Content Analysis (2004), chapter 11.
    """
    count, _mean, _within = _by_case(case, value)
    used = np.isin(case, np.unique(case)[count > 1])
    case, value = case[used], value[used]
    if len(value) < 2:
        return None
    count, _mean, within = _by_case(case, value)
    expected = ((value - value.mean()) ** 2).sum() / (len(value) - 1)
    observed = (count * within / (count - 1)).sum() / len(value)
    return float(1 - observed / expected) if expected > 1e-12 else None


def spreads(scores: Scores) -> np.ndarray:
    """Highest less lowest raw score of each case's reviews; 0 with one."""
    high = np.full(len(scores.cases), -np.inf)
    low = np.full(len(scores.cases), np.inf)
    np.maximum.at(high, scores.case, scores.raw)
    np.minimum.at(low, scores.case, scores.raw)
    return np.where(np.isfinite(high), high - low, np.nan)


def reviewers(found: Fit) -> tuple[np.ndarray, np.ndarray]:
    """Per reviewer the standard deviation of the raw scores, and the agreement with colleagues.

    The latter is the correlation of the adjusted scores with the mean of colleagues' scores of the
    same cases, these without their severity; NaN below LEAST_CASES shared cases or where one never
    varies.
    """
    scores = found.scores
    value = scores.adjusted + found.severity[scores.reviewer]
    count = np.bincount(scores.case, minlength=len(scores.cases))[scores.case]
    total = np.bincount(scores.case, value, len(scores.cases))[scores.case]
    others = np.where(count > 1, (total - value) / np.maximum(count - 1, 1), np.nan)
    spread = np.full(len(scores.reviewers), np.nan)
    agree = np.full(len(scores.reviewers), np.nan)
    for place in range(len(scores.reviewers)):
        own = scores.reviewer == place
        if own.sum() > 1:
            spread[place] = scores.raw[own].std(ddof=1)
        mine, theirs = scores.adjusted[own & (count > 1)], others[own & (count > 1)]
        if len(mine) >= LEAST_CASES and min(np.ptp(mine), np.ptp(theirs)) > 1e-9:
            agree[place] = np.corrcoef(mine, theirs)[0, 1]
    return spread, agree


def _by_case(case: np.ndarray, value: np.ndarray):
    _keys, at = np.unique(case, return_inverse=True)
    count = np.bincount(at)
    mean = np.bincount(at, value) / count
    within = np.bincount(at, (value - mean[at]) ** 2)
    return count, mean, within
