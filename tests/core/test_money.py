"""Amounts are Decimal, rounded half-up to the fen; a split loses nothing."""

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.money import split, to_fen

amounts = st.decimals(min_value=0, max_value=Decimal("1e12"), places=2)
shares = st.lists(
    st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=20
).filter(lambda found: sum(found) > 0)


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("0.0049999", "0.00"),
        ("-0.005", "-0.01"),
        ("-2.675", "-2.68"),
        (7, "7.00"),
        (Decimal("1e3"), "1000.00"),
    ],
)
def test_to_fen_rounds_half_up(raw, fen):
    assert str(to_fen(raw)) == fen


@pytest.mark.parametrize("raw", [0.1, 1.0, float("nan")])
def test_to_fen_float_is_a_type_error(raw):
    with pytest.raises(TypeError):
        to_fen(raw)


@pytest.mark.parametrize("raw", ["NaN", "sNaN", "Infinity", "-inf", "twelve", "1e40"])
def test_to_fen_what_is_no_amount_is_an_invalid_operation(raw):
    with pytest.raises(InvalidOperation):
        to_fen(raw)


@given(amounts, shares)
def test_split_loses_no_fen(amount, parts):
    given_out = split(amount, parts)

    assert sum(given_out) == amount
    assert len(given_out) == len(parts)
    assert all(part == to_fen(part) and part >= 0 for part in given_out)


@given(amounts, shares)
def test_split_part_is_less_than_a_fen_from_its_exact_share(amount, parts):
    whole = sum(parts)

    off = [
        abs(part - amount * share / whole)
        for part, share in zip(split(amount, parts), parts, strict=True)
    ]

    assert max(off) <= Decimal("0.0100001")


def test_split_thirds_of_a_hundred():
    assert split(Decimal("100.00"), [1, 1, 1]) == [
        Decimal("33.33"),
        Decimal("33.34"),
        Decimal("33.33"),
    ]


@pytest.mark.parametrize("parts", [[], [0, 0]])
def test_split_without_shares_is_a_value_error(parts):
    with pytest.raises(ValueError, match="shares must sum to more than zero"):
        split(Decimal("1.00"), parts)
