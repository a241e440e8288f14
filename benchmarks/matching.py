"""Assigning 20,000 applications × 3 among 500 reviewers, beside the greedy way."""

import resource
from pathlib import Path

import numpy as np

from benchmarks.run import Line, timed
from grants.reviews.matching import Case, Plan, Problem, Reviewer, solve
from grants.reviews.matching.greedy import greedy

CASES, REVIEWERS, NEEDS, TOPICS, BARRED = 20_000, 500, 3, 40, 0.05
MOST_SECONDS, MOST_MIB, MOST_GAP = 30, 2048, 0.01


def problem() -> Problem:
    """Topics of unequal weight, a fifth in English, limits of 15 % more than needed on average."""
    random = np.random.default_rng(1)
    topics = [f"topic-{number}" for number in range(TOPICS)]
    weight = random.dirichlet(np.full(TOPICS, 2))

    def some(least: int, most: int, chances=None) -> frozenset[str]:
        size = random.integers(least, most + 1)
        return frozenset(random.choice(topics, size, replace=False, p=chances).tolist())

    limit = 1.15 * CASES * NEEDS / REVIEWERS
    cases = [
        Case(key, NEEDS, some(1, 3, weight), "en" if random.random() < 0.2 else "zh")
        for key in range(CASES)
    ]
    reviewers = [
        Reviewer(
            key,
            limit=int(limit * random.uniform(0.8, 1.2)),
            load=0,
            topics=some(2, 5),
            languages=frozenset(["zh", "en"] if random.random() < 0.4 else ["zh"]),
        )
        for key in range(REVIEWERS)
    ]
    case, reviewer = (random.random((CASES, REVIEWERS)) < BARRED).nonzero()
    return Problem(
        cases, reviewers, set(zip(case.tolist(), reviewer.tolist(), strict=True)), seed=1
    )


def against_greedy(folder: Path, scale: float) -> Line:
    asked = problem()
    plans: dict[str, Plan] = {}
    simple = timed(lambda: plans.update(greedy=greedy(asked)))
    took = timed(lambda: plans.update(ours=solve(asked)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ours, other = plans["ours"], plans["greedy"]
    gap = (ours.bound - ours.objective) / ours.bound
    print(
        f"  points {ours.objective:,.0f}, bound {ours.bound:,.0f}, gap {gap:.2%}, greedy"
        f" {other.objective:,.0f} in {simple:.1f} s; two reviewers together at most"
        f" {ours.together} times, greedy {other.together}; {memory:,.0f} MiB"
    )
    if len(ours.pairs) != CASES * NEEDS or set(ours.pairs) & asked.barred:
        raise AssertionError("the plan is not complete or not allowed")
    if gap > MOST_GAP or memory > MOST_MIB or ours.objective < other.objective:
        raise AssertionError("the plan is not good enough or takes too much memory")
    return Line(
        f"assign {CASES:,} applications × {NEEDS}",
        f"{took:.1f} s",
        f"{MOST_SECONDS} s",
        took / MOST_SECONDS,
        1,
        is_least=False,
    )
