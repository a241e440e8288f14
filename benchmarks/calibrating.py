"""Calibration of 60,000 reviews × 6 criteria with 1,000 bootstraps, beside a plain Python loop."""

from pathlib import Path

import numpy as np

from benchmarks.fairness import CRITERIA, EACH, simulated
from benchmarks.run import Line, timed
from grants.reviews.calibration import Scores, fit, flips, stability
from grants.reviews.calibration.model import RIDGE
from grants.reviews.calibration.stability import BOOTSTRAPS

CASES, REVIEWERS = 20_000, 500
MOST_SECONDS = 60
SWEEPS = 30


def plainly(told: Scores) -> list[float]:
    """The severities by Gauss-Seidel in plain Python: SWEEPS over all reviews."""
    rows = list(
        zip(
            told.case.tolist(),
            told.reviewer.tolist(),
            told.adjusted.tolist(),
            told.weight.tolist(),
            strict=True,
        )
    )
    severity = [0.0] * len(told.reviewers)
    for _sweep in range(SWEEPS):
        sums, weights = [0.0] * len(told.cases), [0.0] * len(told.cases)
        for case, reviewer, value, weight in rows:
            sums[case] += weight * (value + severity[reviewer])
            weights[case] += weight
        worth = [total / weight for total, weight in zip(sums, weights, strict=True)]
        less, count = [0.0] * len(severity), [RIDGE] * len(severity)
        for case, reviewer, value, weight in rows:
            less[reviewer] += weight * (worth[case] - value)
            count[reviewer] += weight
        severity = [total / weight for total, weight in zip(less, count, strict=True)]
    return severity


def against_a_loop(folder: Path, scale: float) -> Line:
    _truth, _strict, told = simulated(CASES, REVIEWERS, seed=1)
    amounts, budget = np.ones(CASES), CASES / 5
    plain: list[float] = []
    loop = timed(lambda: plain.extend(plainly(told)))
    took = timed(lambda: stability(fit(told), amounts, budget, seed=1))
    found = fit(told)
    alone = timed(lambda: flips(found, amounts, budget))
    if np.abs(found.severity - plain).max() > 0.01:
        raise AssertionError("the model and the plain loop differ")
    print(
        f"  plain loop {loop:.2f} s for one fit, {loop * BOOTSTRAPS:,.0f} s for {BOOTSTRAPS:,};"
        f" leaving out each of {REVIEWERS} reviewers {alone:.1f} s"
    )
    return Line(
        f"calibrate {CASES * EACH:,} reviews × {CRITERIA}, {BOOTSTRAPS:,} draws",
        f"{took:.1f} s",
        f"{MOST_SECONDS} s",
        took / MOST_SECONDS,
        1,
        is_least=False,
    )
