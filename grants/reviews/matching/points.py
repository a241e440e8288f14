"""What a pair is worth and what load costs, as whole points, in arrays."""

from dataclasses import dataclass

import numpy as np

from grants.reviews.matching.problem import Plan, Problem, Reason, Shortage

TOPICS = 70  # points for a reviewer who knows all topics of a case
LANGUAGE = 30  # points for one who reads its language
LOAD = 20  # points that the last case before the limit costs more than the first


@dataclass(frozen=True)
class Table:
    """A problem in order of keys: the order in which things come changes nothing.

    `points` is cases × reviewers, int16, 0…100; `allowed` says which pairs may be; `needs` and
    `free` (limit less load) are what each side takes.
    """

    cases: list[int]
    reviewers: list[int]
    points: np.ndarray
    allowed: np.ndarray
    needs: np.ndarray
    free: np.ndarray
    load: np.ndarray
    limit: np.ndarray
    held: list[list[int]]


def table(problem: Problem) -> Table:
    cases = sorted(problem.cases, key=lambda case: case.key)
    reviewers = sorted(problem.reviewers, key=lambda reviewer: reviewer.key)
    case_at = {case.key: place for place, case in enumerate(cases)}
    reviewer_at = {reviewer.key: place for place, reviewer in enumerate(reviewers)}
    allowed = np.ones((len(cases), len(reviewers)), bool)
    held = [sorted(reviewer_at[key] for key in case.held & reviewer_at.keys()) for case in cases]
    for place, own in enumerate(held):
        allowed[place, own] = False
    for case, reviewer in problem.barred:
        if case in case_at and reviewer in reviewer_at:
            allowed[case_at[case], reviewer_at[reviewer]] = False
    limit = np.array([reviewer.limit for reviewer in reviewers], np.int64)
    load = np.array([reviewer.load for reviewer in reviewers], np.int64)
    return Table(
        cases=[case.key for case in cases],
        reviewers=[reviewer.key for reviewer in reviewers],
        points=_points(cases, reviewers),
        allowed=allowed,
        needs=np.array([max(case.needs, 0) for case in cases], np.int64),
        free=np.maximum(limit - load, 0),
        load=load,
        limit=limit,
        held=held,
    )


def _points(cases, reviewers) -> np.ndarray:
    """TOPICS × (share of the case's topics that the reviewer knows) + LANGUAGE where read.

    A case without topics is anybody's; one without a language is read by everybody.
    """
    topics = sorted({topic for thing in (*cases, *reviewers) for topic in thing.topics})
    languages = sorted({case.language for case in cases})
    wanted = _marks([case.topics for case in cases], topics)
    known = _marks([reviewer.topics for reviewer in reviewers], topics)
    count = np.array([len(case.topics) for case in cases], np.float32)[:, None]
    share = np.where(count > 0, (wanted @ known.T) / np.maximum(count, 1), 1)
    spoken = _marks([{*reviewer.languages, ""} for reviewer in reviewers], languages)
    written = _marks([{case.language} for case in cases], languages)
    return np.rint(TOPICS * share + LANGUAGE * (written @ spoken.T)).astype(np.int16)


def _marks(sets, words: list[str]) -> np.ndarray:
    at = {word: place for place, word in enumerate(words)}
    marks = np.zeros((len(sets), len(words)), np.float32)
    for row, own in enumerate(sets):
        marks[row, [at[word] for word in own if word in at]] = 1
    return marks


def load_costs(load: int, limit: int) -> np.ndarray:
    """What each further case costs a reviewer, from the next one to the limit.

    The k-th case of `limit` costs LOAD × (2k - 1) ÷ (2 × limit), rounded down to whole points:
    it never falls, so that the sum is convex and two reviewers with equal limits share evenly.
    """
    places = np.arange(load + 1, limit + 1)
    return LOAD * (2 * places - 1) // (2 * max(limit, 1))


def plan(asked: Table, chosen: np.ndarray, gap: float | None = None) -> Plan:
    """The answer for the chosen pairs (bool, cases × reviewers); no gap, no bound."""
    new = chosen.sum(axis=0)
    value = int(asked.points[chosen].sum(dtype=np.int64))
    for place in np.flatnonzero(new):
        costs = load_costs(int(asked.load[place]), int(asked.limit[place]))
        value -= int(costs[: new[place]].sum())
    case, reviewer = chosen.nonzero()
    pairs = zip(np.array(asked.cases)[case], np.array(asked.reviewers)[reviewer], strict=True)
    return Plan(
        pairs=[(int(case), int(reviewer)) for case, reviewer in pairs],
        objective=float(value),
        bound=float("inf") if gap is None else value + gap,
        loads=dict(zip(asked.reviewers, (asked.load + new).tolist(), strict=True)),
        shortages=_shortages(asked, chosen.sum(axis=1)),
        together=_most_together(asked, chosen),
    )


def _shortages(asked: Table, got: np.ndarray) -> list[Shortage]:
    free_of_conflict = asked.allowed.sum(axis=1)
    found = []
    for place in np.flatnonzero(got < asked.needs):
        needs = int(asked.needs[place])
        nobody = max(needs - len(asked.reviewers) + len(asked.held[place]), 0)
        conflicts = max(needs - int(free_of_conflict[place]), 0) - nobody
        load = needs - int(got[place]) - nobody - conflicts
        for reason, missing in (
            (Reason.NOBODY, nobody),
            (Reason.CONFLICTS, conflicts),
            (Reason.LOAD, load),
        ):
            if missing:
                found.append(Shortage(asked.cases[place], missing, reason.value))
    return found


def _most_together(asked: Table, chosen: np.ndarray) -> int:
    panel = panels(asked, chosen).astype(np.float32)
    meetings = panel.T @ panel
    np.fill_diagonal(meetings, 0)
    return int(np.rint(meetings.max(initial=0)))


def panels(asked: Table, chosen: np.ndarray) -> np.ndarray:
    """The chosen pairs and the held ones."""
    whole = chosen.copy()
    for case, own in enumerate(asked.held):
        whole[case, own] = True
    return whole
