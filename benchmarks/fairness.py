"""Rounds whose truth is known: are the truly best funded, by raw and by calibrated scores?"""

from collections.abc import Iterable

import numpy as np

from grants.reviews.calibration import Scores, fit
from grants.reviews.calibration.scores import from_arrays

CASES, REVIEWERS, EACH, CRITERIA = 400, 40, 3, 6
WORTH, SEVERITY, NOISE, CRITERION = 10.0, 7.0, 8.0, 6.0  # standard deviations in points
FUNDED = 0.2


def simulated(
    cases: int = CASES, reviewers: int = REVIEWERS, *, seed: int, severity: float = SEVERITY
) -> tuple[np.ndarray, np.ndarray, Scores]:
    """Truths, severities and the reviews: EACH a case, on scales of 0 to 10 in whole points."""
    random = np.random.default_rng(seed)
    truth = random.normal(60, WORTH, cases)
    strict = random.normal(0, severity, reviewers)
    case = np.repeat(np.arange(cases), EACH)
    reviewer = np.argsort(random.random((cases, reviewers)), axis=1)[:, :EACH]
    reviewer = np.sort(reviewer, axis=1).ravel()
    seen = truth[case] - strict[reviewer] + random.normal(0, NOISE, len(case))
    marks = seen[:, None] + random.normal(0, CRITERION, (len(case), CRITERIA))
    values = np.clip(np.rint(marks / 10), 0, 10) / 10
    return truth, strict, from_arrays(case, reviewer, values, np.ones(CRITERIA))


def improvement(seeds: Iterable[int], severity: float = SEVERITY) -> tuple[float, float]:
    """Share of the truly best fifth among the funded fifth: by raw, and by calibrated scores."""
    shares = []
    for seed in seeds:
        truth, _strict, told = simulated(seed=seed, severity=severity)
        found = fit(told)
        best = _best(truth)
        shares.append(
            [(best & _best(score)).sum() / best.sum() for score in (found.raw, found.calibrated)]
        )
    raw, calibrated = np.mean(shares, axis=0)
    return float(raw), float(calibrated)


def _best(score: np.ndarray) -> np.ndarray:
    funded = np.zeros(len(score), bool)
    funded[np.argsort(-score, kind="stable")[: int(FUNDED * len(score))]] = True
    return funded


def show() -> None:
    """Prints the shares and how well severities are found, over 200 rounds each."""
    seeds = range(200)
    print(f"{CASES} applications, {REVIEWERS} reviewers, {EACH} reviews each, a fifth funded")
    print(f"{'severity sd':>12}{'raw':>10}{'calibrated':>12}{'correlation':>13}{'RMSE':>8}")
    for severity in (0.0, 3.0, 7.0, 12.0):
        raw, calibrated = improvement(seeds, severity)
        found = [simulated(seed=seed, severity=severity) for seed in range(20)]
        pairs = [(strict - strict.mean(), fit(told).severity) for _truth, strict, told in found]
        near = np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]) if severity else float("nan")
        off = np.mean([np.sqrt(np.mean((one - other) ** 2)) for one, other in pairs])
        print(f"{severity:>12g}{raw:>10.1%}{calibrated:>12.1%}{near:>13.3f}{off:>8.2f}")
