"""The min-cost flow over some of the pairs."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from grants.reviews.matching.points import Table, load_costs

UNIT = 1024  # a point, so that random parts of it may break ties


def flow(asked: Table, cost: np.ndarray, offered: np.ndarray) -> np.ndarray:
    """The pairs (bool, cases × reviewers) of a flow of least cost through the offered pairs.

    `cost` is in UNITs of a point. Needs go from cases through reviewers, along one arc for each
    price of load, to a sink; or past them, at prices above any pair's.
    """
    count, sink = len(asked.cases), sum(offered.shape)
    case, reviewer = offered.nonzero()
    arcs = [(case, count + reviewer, np.ones_like(case), cost[case, reviewer])]
    for place in range(len(asked.reviewers)):
        price, room = np.unique(
            load_costs(int(asked.load[place]), int(asked.limit[place])), return_counts=True
        )
        arcs.append(
            (np.full_like(price, count + place), np.full_like(price, sink), room, price * UNIT)
        )
    for lacking, price in enumerate(lack_prices(asked)):
        short = np.flatnonzero(asked.needs > lacking)
        arcs.append(
            (short, np.full_like(short, sink), np.ones_like(short), np.full_like(short, price))
        )
    network = SimpleMinCostFlow()
    network.add_arcs_with_capacity_and_unit_cost(
        *(np.concatenate(part) for part in zip(*arcs, strict=True))
    )
    network.set_nodes_supplies(np.arange(count), asked.needs)
    network.set_node_supply(sink, -int(asked.needs.sum()))
    status = network.solve()
    if status != network.OPTIMAL:
        raise AssertionError(f"the flow has a way past everything, but its solver says {status}")
    chosen = np.zeros_like(offered)
    used = network.flows(np.arange(len(case))).astype(bool)
    chosen[case[used], reviewer[used]] = True
    return chosen


def lack_prices(asked: Table) -> np.ndarray:
    """UNITs for the first reviewer that a case lacks, the second, and so on.

    The first costs more than any exchange along all reviewers could save, so that a plan has as
    many pairs as can be; each further one costs more again, so that no case lacks two where two
    cases could lack one.
    """
    base = 200 * UNIT * (len(asked.reviewers) + 1)
    return base * np.arange(1, int(asked.needs.max(initial=0)) + 1)
