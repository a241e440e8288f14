"""The simple way, to compare the solver with: case by case the best reviewers who are left."""

import numpy as np

from grants.reviews.matching.points import load_costs, plan, table
from grants.reviews.matching.problem import Plan, Problem


def greedy(problem: Problem) -> Plan:
    """Cases in random order by the seed, each taking who gives most points less the load's cost."""
    asked = table(problem)
    new = np.zeros(len(asked.reviewers), np.int64)
    costs = [
        load_costs(*own) for own in zip(asked.load.tolist(), asked.limit.tolist(), strict=True)
    ]
    price = np.array([own[0] if len(own) else 0 for own in costs], np.int64)
    chosen = np.zeros_like(asked.allowed)
    for case in np.random.default_rng(problem.seed).permutation(len(asked.cases)):
        for _turn in range(int(asked.needs[case])):
            able = asked.allowed[case] & ~chosen[case] & (new < asked.free)
            if not able.any():
                break
            best = int(np.where(able, asked.points[case] - price, -(10**6)).argmax())
            chosen[case, best] = True
            new[best] += 1
            if new[best] < asked.free[best]:
                price[best] = costs[best][new[best]]
    return plan(asked, chosen)
