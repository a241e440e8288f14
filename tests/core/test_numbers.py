"""Numbers and days as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from grants.core.numbers import NumberField, read_day, read_number

NUMBERS = [
    ("12", "12"),
    ("-12.50", "-12.50"),
    ("1,234,567.8", "1234567.8"),
    ("1 000", "1000"),
    (3, "3"),
    (2.5, "2.5"),
    (Decimal("1E+3"), "1E+3"),
]
NO_NUMBERS = ["", " ", ".", "-", "1_000", "１２", "٣", "1e3", "12,00", "1,0000", "inf", "nan", "1-"]


@pytest.mark.parametrize(("written", "meant"), NUMBERS)
def test_number_is_read(written, meant):
    assert read_number(written) == Decimal(meant)


@pytest.mark.parametrize("written", [*NO_NUMBERS, float("nan"), float("inf"), "9" * 5000 + "x"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(ValueError, match="is no"):
        read_number(written)


@pytest.mark.parametrize("written", [text for text in NO_NUMBERS if text.strip()])
def test_field_says_what_is_no_number(written):
    with pytest.raises(forms.ValidationError) as wrong:
        NumberField().clean(written)

    assert wrong.value.code == "invalid"


def test_field_keeps_its_bounds():
    field = NumberField(max_value=5, decimal_places=1, required=False)

    assert (field.clean("4.5"), field.clean("")) == (Decimal("4.5"), None)
    for wrong in ("6", "1.25"):
        with pytest.raises(forms.ValidationError):
            field.clean(wrong)


def test_day_is_read():
    assert read_day("2026-02-28") == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["2026-W01-1", "20260228", "2026-2-28", "2026-02-30", "", "２"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read_day(text)
