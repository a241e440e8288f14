"""Rates and their intervals, and what is hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.reviews.calibration.intervals import HIDDEN, rates, wilson


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (0, 0, 0, 1)],
)
def test_wilson_interval(successes, count, low, high):
    """Figures of Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(successes, count) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 200), st.integers(1, 200))
def test_interval_holds_the_rate(successes, count):
    successes = min(successes, count)
    low, high = wilson(successes, count)

    assert 0 <= low <= successes / count + 1e-12
    assert successes / count - 1e-12 <= high <= 1


def test_small_groups_are_hidden():
    told = rates({"a": (10, 40), "b": (1, 3), "c": (0, 4)})

    assert told["b"] is told["c"] is HIDDEN
    assert (told["a"].count, told["a"].successes, told["a"].rate) == (40, 10, 0.25)


def test_group_that_a_subtraction_would_tell_hides_another():
    told = rates({"a": (10, 40), "b": (1, 3), "c": (2, 9)})

    assert [name for name, rate in told.items() if rate.is_hidden] == ["b", "c"]


def test_nothing_is_hidden_without_small_groups():
    assert not any(rate.is_hidden for rate in rates({"a": (1, 5), "b": (0, 6)}).values())
