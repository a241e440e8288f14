"""The best assignment, by min-cost flow (OR-tools), with a bound that is computed apart from it."""

import numpy as np

from grants.reviews.matching import prices, spreading
from grants.reviews.matching.flow import UNIT, flow
from grants.reviews.matching.points import Table, plan, table
from grants.reviews.matching.problem import Plan, Problem

NOISE = 16
FIRST = 24  # pairs that each case begins with
ROUNDS = 12
NEAR = 0.005  # points a pair that the flow may fall short of the best over all pairs


def solve(problem: Problem) -> Plan:
    """As many pairs as can be; among these plans the one of most points less the cost of loads.

    Cases send their needs through pairs to reviewers, whose load costs more the fuller they are,
    and on to a sink; what cannot go that way goes past it at a price above any other, which
    rises with each one that a case lacks: a shortage is small and spread, and fails nothing
    else. Held pairs are no part of the flow: none of them moves.

    Of ten million possible pairs the flow is given a few per case. From its optimum follows a
    price for each reviewer; pairs that would pay at these prices are added, until there are none:
    then the optimum over the few is the optimum over all (column generation; it ends when the
    gap is below NEAR, or after ROUNDS). The bound is the Lagrangian one of the prices over all
    pairs, so it holds whatever the flow did.

    How often two reviewers meet is quadratic and cannot be in a flow: ties are broken at random
    by the seed (less than NOISE ÷ UNIT of a point a pair), and a bounded number of exchanges
    follows, which may cost a small share of the points (`spreading`). The same problem and seed
    give the same plan, in whichever order cases and reviewers come.
    """
    asked = table(problem)
    if not asked.needs.any() or not asked.free.any():
        return plan(asked, np.zeros_like(asked.allowed), gap=0)
    random = np.random.default_rng(problem.seed)
    cost = (100 - asked.points).astype(np.int32) * UNIT
    cost += random.integers(0, NOISE, cost.shape, dtype=np.int32)
    chosen, worth = _flow_over_all(asked, cost)
    chosen = spreading.spread(asked, chosen, random)
    return plan(asked, chosen, gap=prices.gap(asked, chosen, worth))


def _flow_over_all(asked: Table, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of the best flow, and each reviewer's price."""
    offered = _cheapest(asked, cost)
    for _round in range(ROUNDS):
        chosen = flow(asked, cost, offered)
        price = prices.of(asked, cost, offered, chosen)
        more = prices.paying(asked, cost, chosen, price) & ~offered
        if not more.any() or prices.gap(asked, chosen, price) < NEAR * chosen.sum():
            break
        offered |= more
    return chosen, price


def _cheapest(asked: Table, cost: np.ndarray) -> np.ndarray:
    if cost.shape[1] <= FIRST:
        return asked.allowed.copy()
    offered = np.zeros_like(asked.allowed)
    ways = np.where(asked.allowed, cost, np.iinfo(cost.dtype).max)
    first = np.argpartition(ways, FIRST, axis=1)[:, :FIRST]
    np.put_along_axis(offered, first, True, axis=1)
    return offered & asked.allowed
