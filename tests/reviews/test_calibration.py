"""The model against cases worked by hand, and against rounds whose truth is known."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fairness import improvement, simulated
from grants.reviews.calibration import (
    above_line,
    agreement,
    fit,
    flips,
    ranks,
    scores,
    stability,
    to_places,
)
from grants.reviews.calibration.agreement import alpha, icc, reviewers, spreads


def one_criterion(*rows: tuple[int, int, float]):
    """(case, reviewer, points of 100) by a single criterion."""
    return scores([(case, reviewer, [points / 100]) for case, reviewer, points in rows], [1])


def near(*values: float):
    return pytest.approx(list(values), abs=1e-9, nan_ok=True)


def test_two_reviewers_of_the_same_two_cases():
    """20 points apart on both: half of it, of which 2 ÷ (2 + RIDGE) counts."""
    found = fit(one_criterion((1, 7, 50), (1, 8, 70), (2, 7, 60), (2, 8, 80)))

    assert found.severity.tolist() == near(5, -5)
    assert found.raw.tolist() == near(60, 70)
    assert found.calibrated.tolist() == near(60, 70)


def test_severity_is_made_good_where_the_panel_differs():
    """Reviewers 7 and 8 as above; case 3 met the strict one alone, case 4 the mild one alone."""
    found = fit(
        one_criterion((1, 7, 50), (1, 8, 70), (2, 7, 60), (2, 8, 80), (3, 7, 60), (4, 8, 66))
    )

    assert found.severity.tolist() == near(5, -5)
    assert found.raw.tolist() == near(60, 70, 60, 66)
    assert found.calibrated.tolist() == near(60, 70, 65, 61)


def test_left_out_criterion_is_left_out_of_the_mean_and_no_advantage():
    """Criterion b has mean 20 and a 80: M = 50. Review 1 scored a alone at its mean."""
    told = scores([(1, 7, [0.8, None]), (2, 7, [0.9, 0.2]), (3, 7, [0.7, 0.2])], [1, 1])

    assert told.raw.tolist() == near(80, 55, 45)
    assert told.adjusted.tolist() == near(50, 55, 45)
    assert told.weight.tolist() == near(0.5, 1, 1)


def test_weights_count():
    told = scores([(1, 7, [1.0, 0.0])], [3, 1])

    assert told.raw.tolist() == near(75)


def test_review_without_any_score_is_no_input():
    told = scores([(1, 7, [None]), (2, 8, [0.5])], [1])

    assert (told.cases.tolist(), told.reviewers.tolist()) == ([2], [8])


@pytest.mark.parametrize(
    ("rows", "severity", "calibrated"),
    [
        ([(1, 7, 50)], [0], [50]),
        ([(1, 7, 50), (2, 7, 90)], [0], [50, 90]),
        ([(1, 7, 50), (1, 8, 50), (2, 7, 50), (2, 8, 50)], [0, 0], [50, 50]),
        ([(1, 7, 40), (1, 8, 60), (2, 9, 80), (2, 6, 80)], [0, 10 / 3, -10 / 3, 0], [50, 80]),
    ],
    ids=["one review", "one reviewer", "all equal", "disconnected panels"],
)
def test_degenerate_rounds(rows, severity, calibrated):
    found = fit(one_criterion(*rows))

    assert found.severity.tolist() == near(*severity)
    assert found.calibrated.tolist() == near(*calibrated)


def test_reviewer_with_one_review_is_drawn_to_0():
    """One comparison, 30 points apart: half of it, of which 1 ÷ (1 + RIDGE) counts."""
    found = fit(one_criterion((1, 7, 35), (1, 8, 65)))

    assert found.severity.tolist() == near(5, -5)


def test_no_interval_without_a_second_review():
    found = fit(one_criterion((1, 7, 50), (2, 8, 60)))

    assert stability(found, np.ones(2), 1, seed=1) is None


def test_equal_scores_have_no_width_and_one_rank():
    rows = [(case, reviewer, 50) for case, reviewer in product(range(3), (7, 8))]

    shaken = stability(fit(one_criterion(*rows)), np.ones(3), 2, seed=1)

    assert shaken.low.tolist() == shaken.high.tolist() == [50, 50, 50]
    assert shaken.rank_low.tolist() == shaken.rank_high.tolist() == [1, 1, 1]
    assert shaken.funded_share.tolist() == [1, 1, 0]


def test_leaving_out_one_reviewer_tells_which_case_would_cross_the_line():
    """Case 1 is above only by reviewer 7's 90; case 2's reviewers agree."""
    found = fit(one_criterion((1, 7, 90), (1, 8, 50), (2, 9, 60), (2, 6, 60)))

    assert above_line(found.calibrated, np.ones(2), 1).tolist() == [True, False]
    assert flips(found, np.ones(2), 1).tolist() == [True, False]


def test_only_reviewer_decides_alone():
    found = fit(one_criterion((1, 7, 90), (2, 7, 50)))

    assert flips(found, np.ones(2), 1).tolist() == [True, False]


def test_leaving_out_is_the_fit_without_that_reviewer():
    _truth, _severity, told = simulated(60, 12, seed=5)
    found = fit(told)

    for place in range(12):
        expected = fit(told.without(place)).calibrated
        assert np.allclose(found.solver.without(place), expected, atol=1e-5, equal_nan=True)


def test_ranks_are_shared_by_equals_and_missing_scores_come_last():
    assert ranks(np.array([50, 70, 50, np.nan, 20])).tolist() == [2, 1, 2, 5, 4]


def test_line_is_drawn_at_the_first_that_no_longer_fits():
    above = above_line(np.array([90, 80, 70]), np.array([50, 60, 10]), 100)

    assert above.tolist() == [True, False, False]


def test_scores_are_rounded_half_up_within_the_scale():
    assert to_places(np.array([12.345, -3, 101, 66.6649])).tolist() == near(12.35, 0, 100, 66.66)


def test_intraclass_correlation_of_shrout_and_fleiss():
    """Their table 2: six targets by four judges, ICC(1,1) = .17."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

    found = icc(np.repeat(np.arange(6), 4), np.array(table, float).ravel())

    assert round(found, 2) == 0.17


def test_alpha_worked_by_hand():
    """Pairs (1, 2), (3, 3): observed (2·½ + 0) ÷ 4 = ¼; expected 2.75 ÷ 3; a lone 9 is no pair."""
    found = alpha(np.array([1, 1, 2, 2, 3]), np.array([1, 2, 3, 3, 9.0]))

    assert found == pytest.approx(1 - 0.25 / (2.75 / 3))


def test_agreement_is_unknown_without_comparison():
    found = agreement(fit(one_criterion((1, 7, 50))))

    assert (found.icc, found.icc_calibrated, found.alpha) == (None, None, None)


def test_agreement_rises_when_severities_are_taken_out():
    _truth, _severity, told = simulated(400, 40, seed=1)

    found = agreement(fit(told))

    assert found.icc_calibrated > found.icc + 0.1


def test_spread_and_agreement_of_reviewers():
    told = one_criterion(
        *[(case, r, 20 * case + 10 * (r == 8)) for case in (1, 2, 3) for r in (7, 8)]
    )

    spread, agree = reviewers(fit(told))

    assert spreads(told).tolist() == near(10, 10, 10)
    assert spread.tolist() == near(20, 20)
    assert agree.tolist() == near(1, 1)


def test_severity_of_simulated_reviewers_is_found():
    _truth, severity, told = simulated(400, 40, seed=1)

    found = fit(told).severity

    assert np.corrcoef(severity, found)[0, 1] > 0.95
    assert np.sqrt(np.mean((severity - severity.mean() - found) ** 2)) < 2.5


def test_intervals_hold_the_truth_as_often_as_they_say():
    truth, _severity, told = simulated(1000, 60, seed=2)

    shaken = stability(fit(told), np.ones(1000), 200, seed=1)

    assert 0.86 < ((shaken.low <= truth) & (truth <= shaken.high)).mean() < 0.94


def test_more_of_the_truly_best_are_funded():
    raw, calibrated = improvement(range(20))

    assert calibrated > raw + 0.03


def test_same_seed_gives_the_same_in_any_order():
    rows = [(c, r, [((c * 7 + r * 5) % 11) / 10]) for c, r in product(range(12), range(4))]
    amounts = np.arange(1.0, 13)

    one, other = (
        stability(fit(scores(order, [1])), amounts, 30, seed=3) for order in (rows, rows[::-1])
    )

    for name in ("low", "high", "rank_low", "rank_high", "funded_share"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


review = st.tuples(st.integers(0, 5), st.integers(0, 4), st.floats(0, 100))


@settings(max_examples=100, deadline=None)
@given(st.lists(review, min_size=1, max_size=25, unique_by=lambda row: row[:2]))
def test_model_solves_its_normal_equations(rows):
    told = one_criterion(*rows)
    found = fit(told)

    assert np.isfinite(found.calibrated).all()
    assert abs(found.severity.sum()) < 1e-6
    for place in range(len(told.reviewers)):
        own = found.residual[told.reviewer == place]
        assert abs(-own.sum() - 2 * found.severity[place]) < 1e-6
    for place in range(len(told.cases)):
        assert abs(found.residual[told.case == place].sum()) < 1e-6
