"""The solver against a brute force, against the greedy way, and at its edges."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.reviews.matching import Case, Problem, Reviewer, Shortage, solve
from grants.reviews.matching.greedy import greedy
from grants.reviews.matching.points import load_costs, table

TOPICS = frozenset({"ai", "web", "art"})


@st.composite
def problems(draw) -> Problem:
    topics = st.frozensets(st.sampled_from(sorted(TOPICS)), max_size=2)
    language = st.sampled_from(["zh", "en"])
    reviewers = [
        Reviewer(
            key=100 + place,
            limit=draw(st.integers(0, 3)),
            load=draw(st.integers(0, 1)),
            topics=draw(topics),
            languages=frozenset({draw(language)}),
        )
        for place in range(draw(st.integers(1, 4)))
    ]
    keys = [reviewer.key for reviewer in reviewers]
    cases = [
        Case(
            key=place,
            needs=draw(st.integers(0, 2)),
            topics=draw(topics),
            language=draw(language),
            held=draw(st.frozensets(st.sampled_from(keys), max_size=1)),
        )
        for place in range(draw(st.integers(1, 3)))
    ]
    pairs = list(product(range(len(cases)), keys))
    barred = draw(st.sets(st.sampled_from(pairs), max_size=4))
    return Problem(cases, reviewers, barred, seed=draw(st.integers(0, 3)))


def best_by_trying_all(problem: Problem) -> tuple[int, int, float]:
    """(pairs, minus the sum of squared shortages' prices, points) of the best plan there is."""
    asked = table(problem)
    ways = []
    for case in range(len(asked.cases)):
        able = [r for r in range(len(asked.reviewers)) if asked.allowed[case, r]]
        most = min(int(asked.needs[case]), len(able))
        ways.append([own for size in range(most + 1) for own in combinations(able, size)])
    found = []
    for plan in product(*ways):
        new = [sum(r in own for own in plan) for r in range(len(asked.reviewers))]
        if any(count > free for count, free in zip(new, asked.free, strict=True)):
            continue
        lacks = [int(needs) - len(own) for needs, own in zip(asked.needs, plan, strict=True)]
        points = sum(int(asked.points[case, r]) for case, own in enumerate(plan) for r in own)
        for place, count in enumerate(new):
            costs = load_costs(int(asked.load[place]), int(asked.limit[place]))
            points -= int(costs[:count].sum())
        found.append((-sum(lacks), -sum(lack * (lack + 1) // 2 for lack in lacks), points))
    return max(found)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_plan_is_as_good_as_the_best_of_all(problem):
    plan = solve(problem)

    missing, _spread, points = best_by_trying_all(problem)
    assert -missing == sum(shortage.missing for shortage in plan.shortages)
    assert points - 2 <= plan.objective <= points <= plan.bound + 1e-6


@settings(max_examples=150, deadline=None)
@given(problems())
def test_plan_keeps_every_rule(problem):
    plan = solve(problem)

    limits = {reviewer.key: reviewer for reviewer in problem.reviewers}
    held = {(case.key, key) for case in problem.cases for key in case.held}
    assert not set(plan.pairs) & problem.barred
    assert not set(plan.pairs) & held
    assert len(plan.pairs) == len(set(plan.pairs))
    for case in problem.cases:
        given_now = sum(key == case.key for key, _reviewer in plan.pairs)
        missing = sum(short.missing for short in plan.shortages if short.case == case.key)
        assert given_now + missing == case.needs
    for key, load in plan.loads.items():
        new = sum(reviewer == key for _case, reviewer in plan.pairs)
        assert load == limits[key].load + new
        assert new == 0 or load <= limits[key].limit


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_plan_is_the_same_in_any_order(problem, random):
    cases, reviewers = list(problem.cases), list(problem.reviewers)
    random.shuffle(cases)
    random.shuffle(reviewers)

    assert solve(Problem(cases, reviewers, problem.barred, problem.seed)) == solve(problem)


def reviewer(key: int, *, limit: int = 10, load: int = 0, topics=TOPICS) -> Reviewer:
    return Reviewer(key, limit, load, frozenset(topics), frozenset({"zh"}))


def case(key: int, *, needs: int = 1, topics=("ai",), held=()) -> Case:
    return Case(key, needs, frozenset(topics), "zh", frozenset(held))


def test_one_reviewer_and_one_application():
    plan = solve(Problem([case(1)], [reviewer(7)], set()))

    assert (plan.pairs, plan.objective, plan.shortages) == ([(1, 7)], 99, [])


@pytest.mark.parametrize(
    ("reviewers", "barred", "expected"),
    [
        ([], set(), [Shortage(1, 2, "nobody")]),
        ([reviewer(7)], set(), [Shortage(1, 1, "nobody")]),
        ([reviewer(7), reviewer(8)], {(1, 7), (1, 8)}, [Shortage(1, 2, "conflicts")]),
        ([reviewer(7, load=10), reviewer(8, limit=0)], set(), [Shortage(1, 2, "load")]),
        (
            [reviewer(7, limit=0), reviewer(8)],
            {(1, 8)},
            [Shortage(1, 1, "conflicts"), Shortage(1, 1, "load")],
        ),
        ([reviewer(7, limit=3, load=9), reviewer(8)], set(), [Shortage(1, 1, "load")]),
    ],
)
def test_shortage_says_how_many_and_why(reviewers, barred, expected):
    plan = solve(Problem([case(1, needs=2)], reviewers, barred))

    assert plan.shortages == expected


def test_no_applications():
    plan = solve(Problem([], [reviewer(7)], set()))

    assert (plan.pairs, plan.loads, plan.shortages) == ([], {7: 0}, [])


def test_infeasible_application_fails_no_other():
    cases = [case(1), case(2, needs=2)]

    plan = solve(Problem(cases, [reviewer(7), reviewer(8)], {(1, 7), (1, 8)}))

    assert plan.pairs == [(2, 7), (2, 8)]
    assert plan.shortages == [Shortage(1, 1, "conflicts")]


def test_shortages_are_spread_before_a_case_lacks_two():
    cases = [case(1, needs=2), case(2, needs=2)]
    reviewers = [reviewer(7, limit=1), reviewer(8, limit=1)]

    plan = solve(Problem(cases, reviewers, set()))

    assert sorted(short.missing for short in plan.shortages) == [1, 1]


def test_held_pairs_stay_and_count():
    cases = [case(1, needs=1, held=[7]), case(2)]

    plan = solve(Problem(cases, [reviewer(7, limit=1, load=1), reviewer(8)], set()))

    assert plan.pairs == [(1, 8), (2, 8)]
    assert plan.loads == {7: 1, 8: 2}


def test_expertise_goes_before_load():
    cases = [case(key, topics=["ai" if key < 3 else "art"]) for key in range(6)]
    reviewers = [reviewer(7, topics=["ai"]), reviewer(8, topics=["art"])]

    plan = solve(Problem(cases, reviewers, set()))

    assert plan.pairs == [(key, 7 if key < 3 else 8) for key in range(6)]


def test_load_is_shared_evenly_among_equals():
    cases = [case(key, needs=2) for key in range(30)]

    plan = solve(Problem(cases, [reviewer(key, limit=30) for key in range(6)], set()))

    assert set(plan.loads.values()) == {10}


def test_no_two_reviewers_are_always_together():
    cases = [case(key, needs=2, topics=["ai"]) for key in range(40)]
    known = [reviewer(key, limit=20, topics=["ai"]) for key in range(8)]

    plan = solve(Problem(cases, known, set()))

    assert set(plan.loads.values()) == {10}
    assert plan.together <= 3


def test_solver_is_better_than_the_greedy_way():
    cases = [case(key, needs=3, topics=[sorted(TOPICS)[key % 3]]) for key in range(60)]
    reviewers = [
        reviewer(key, limit=10, topics=[sorted(TOPICS)[key % 3], sorted(TOPICS)[key % 2]])
        for key in range(20)
    ]
    problem = Problem(cases, reviewers, {(key, key % 20) for key in range(60)})

    ours, simple = solve(problem), greedy(problem)

    assert len(ours.pairs) == 180 >= len(simple.pairs)
    assert ours.objective >= simple.objective
    assert ours.objective >= 0.99 * ours.bound
