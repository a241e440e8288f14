"""The cut: who is above the line, worked by hand."""

import json
from decimal import Decimal
from random import Random

import pytest

from grants.reports.cut import Candidate, Cut, Why, draw


def ranked(*amounts: str, scores=None, reviews=3, categories="") -> list[Candidate]:
    """Candidates 1, 2, 3 … from 90 points down in steps of ten."""
    return [
        Candidate(
            place + 1,
            Decimal(scores[place]) if scores else Decimal(90 - 10 * place),
            Decimal(amount),
            reviews,
            categories[place] if categories else "",
        )
        for place, amount in enumerate(amounts)
    ]


def test_line_is_at_the_first_that_no_longer_fits():
    line = draw(ranked("40", "50", "20", "5"), Cut(Decimal(100)))

    assert line.funded == {1, 2}
    assert (line.spent, line.left) == (90, 10)
    assert [row.why for row in line.drawn] == [Why.RANK, Why.RANK, Why.BUDGET, Why.BUDGET]


def test_exactly_the_budget_fits():
    assert draw(ranked("40", "60"), Cut(Decimal(100))).left == 0


@pytest.mark.parametrize(
    ("cut", "funded"),
    [
        (Cut(Decimal(100), floor=Decimal(75)), {1, 2}),
        (Cut(Decimal(100), floor=Decimal("90.01")), set()),
        (Cut(Decimal(100), least_reviews=4), set()),
        (Cut(Decimal(100), factor=Decimal("0.5")), {1, 2, 3, 4}),
        (Cut(Decimal(100), cap=Decimal(25)), {1, 2, 3, 4}),
        (Cut(Decimal(100), factor=Decimal("0.5"), least=Decimal(40)), {1, 2, 3}),
        (Cut(Decimal(0)), set()),
    ],
)
def test_rules_one_by_one(cut, funded):
    assert draw(ranked("40", "50", "20", "5"), cut).funded == funded


def test_a_small_award_is_never_raised():
    line = draw(ranked("5"), Cut(Decimal(100), factor=Decimal("0.5"), least=Decimal(10)))

    assert line.drawn[0].amount == 5


def test_each_category_gets_its_first():
    candidates = ranked("40", "40", "40", "40", categories="aabb")

    line = draw(candidates, Cut(Decimal(100), minimums={"b": 1}))

    assert line.funded == {3, 1}
    assert line.drawn[2].why == Why.MINIMUM
    assert line.entering(draw(candidates, Cut(Decimal(100)))) == {3}


def test_a_minimum_does_not_break_the_budget():
    line = draw(ranked("90", "90", categories="ab"), Cut(Decimal(100), minimums={"a": 1, "b": 1}))

    assert line.funded == {1}


def test_who_was_not_scored_is_out():
    nobody = Candidate(1, None, Decimal(10), 0)

    assert draw([nobody], Cut(Decimal(100))).drawn[0].why == Why.FLOOR


def test_nobody_and_no_money():
    assert draw([], Cut(Decimal(0))).funded == set()


def test_all_equal_scores_go_by_their_order():
    line = draw(ranked("40", "40", "40", scores=["70"] * 3), Cut(Decimal(80)))

    assert line.funded == {1, 2}


def test_spent_never_passes_the_budget():
    random = Random(1)
    for _round in range(200):
        candidates = ranked(
            *[str(random.randint(1, 60)) for _place in range(9)],
            categories=[random.choice("abc") for _place in range(9)],
        )
        minimums = {key: random.randint(0, 3) for key in "abc"}
        cut = Cut(Decimal(random.randint(0, 200)), minimums=minimums)
        line = draw(candidates, cut)

        assert line.spent == sum(row.amount for row in line.drawn if row.is_in) <= cut.budget


def test_reads_back_from_json():
    cut = Cut(Decimal("100.50"), floor=Decimal(60), minimums={"a": 2}, factor=Decimal("0.9"))

    assert Cut.of(json.loads(json.dumps(cut.as_data()))) == cut
