"""What a reviewer's next case is worth, which pairs pay at that, and how far a plan is from best.

After Ahuja, Magnanti and Orlin, Network Flows (1993), chapters 9 (optimality by reduced costs)
and 16 (Lagrangian bounds). Costs are in UNITs of a point, prices too; arrays are cases × reviewers.
"""

import numpy as np

from grants.reviews.matching.flow import UNIT, lack_prices
from grants.reviews.matching.points import Table, load_costs

NEVER = np.int64(2**40)
ROWS = 4096  # cases looked at in one go, for the sake of memory


def of(asked: Table, cost: np.ndarray, offered: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Each reviewer's price (float64) under which the flow is a best one over the offered pairs.

    Distances in the residual network, folded to reviewers and the sink: from a to b one case of a
    moves to b, at the least that any of its cases asks for it.
    """
    count = len(asked.reviewers)
    moves = np.full((count + 1, count + 1), NEVER, np.int64)
    new = chosen.sum(axis=0)
    lacks = asked.needs - chosen.sum(axis=1)
    lack = np.append(lack_prices(asked), NEVER)
    open_pairs = offered & ~chosen
    for place in range(count):
        own = np.flatnonzero(chosen[:, place])
        steps = load_costs(int(asked.load[place]), int(asked.limit[place])) * UNIT
        if new[place] < len(steps):
            moves[place, count] = steps[new[place]]
        if not len(own):
            continue
        moves[count, place] = -steps[new[place] - 1]
        change = np.where(open_pairs[own], cost[own] - cost[own, place, None], NEVER)
        moves[place, :count] = change.min(axis=0)
        dropped = lack[lacks[own]] - cost[own, place]
        moves[place, count] = min(moves[place, count], dropped.min())
    short = np.flatnonzero(lacks)
    if len(short):
        gained = np.where(open_pairs[short], cost[short] - lack[lacks[short] - 1, None], NEVER)
        moves[count, :count] = np.minimum(moves[count, :count], gained.min(axis=0))
    distance = np.zeros(count + 1, np.int64)
    for _step in range(count + 1):
        shorter = np.minimum(distance, (distance[:, None] + moves).min(axis=0))
        if (shorter == distance).all():
            break
        distance = shorter
    return (distance[count] - distance[:count]).astype(np.float64)


def paying(asked: Table, cost: np.ndarray, chosen: np.ndarray, price: np.ndarray) -> np.ndarray:
    """The allowed pairs that would cost a case less than the dearest it has."""
    lacks = asked.needs - chosen.sum(axis=1)
    lack = np.append(-np.inf, lack_prices(asked).astype(np.float64))
    found = np.zeros_like(chosen)
    for rows in _chunks(len(asked.cases)):
        whole = cost[rows] + price
        dearest = np.where(chosen[rows], whole, -np.inf).max(axis=1)
        dearest = np.maximum(dearest, lack[lacks[rows]])
        found[rows] = asked.allowed[rows] & ~chosen[rows] & (whole < dearest[:, None])
    return found


def gap(asked: Table, chosen: np.ndarray, price: np.ndarray) -> float:
    """Points by which the plan may fall short of the best: its cost less the Lagrangian bound.

    The bound lets each case take its cheapest at these prices and each reviewer the load that
    earns most: no plan costs less, whatever the prices.
    """
    lack = lack_prices(asked) / UNIT
    price = price / UNIT
    cost = bound = 0.0
    for rows in _chunks(len(asked.cases)):
        needs = asked.needs[rows]
        lacking = needs - chosen[rows].sum(axis=1)
        points = 100.0 - asked.points[rows]
        cost += points[chosen[rows]].sum() + np.append(0, lack.cumsum())[lacking].sum()
        ways = np.where(asked.allowed[rows], points + price, np.inf)
        past = np.where(np.arange(len(lack)) < needs[:, None], lack, np.inf)
        ways = np.hstack([ways, past])
        least = np.sort(np.partition(ways, len(lack) - 1, axis=1)[:, : len(lack)], axis=1)
        least[np.arange(len(lack)) >= needs[:, None]] = 0
        bound += least.sum()
    for place, taken in enumerate(chosen.sum(axis=0)):
        sums = np.append(0, load_costs(int(asked.load[place]), int(asked.limit[place])).cumsum())
        cost += sums[taken]
        bound += (sums - price[place] * np.arange(len(sums))).min()
    return float(max(cost - bound, 0))


def _chunks(count: int):
    return [slice(start, start + ROWS) for start in range(0, count, ROWS)]
