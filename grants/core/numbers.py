"""Numbers and days as people write them, and nothing that only a computer takes for one."""

import re
from datetime import date
from decimal import Decimal

from django import forms

# Commas or spaces between thousands, at most; neither “1_000” nor “１２” nor “1e3”.
NUMBER = re.compile(r"[+-]?(?:[0-9]*|[0-9]{1,3}(?:[, ][0-9]{3})+)(?:\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_number(raw: str | int | float | Decimal) -> Decimal:
    """The number, which is finite. Raises `ValueError` for what is none."""
    text = str(raw).strip()
    is_written = isinstance(raw, str) and NUMBER.fullmatch(text) and text[-1:].isdigit()
    is_counted = isinstance(raw, int | float | Decimal) and not isinstance(raw, bool)
    if not is_written and not is_counted:
        raise ValueError(f"{text!r} is no number")
    number = Decimal(text.replace(",", "").replace(" ", ""))
    if not number.is_finite():
        raise ValueError(f"{text!r} is no finite number")
    return number


def read_day(text: str) -> date:
    """The day of “2026-11-30”. Raises `ValueError` for any other form, and for no such day."""
    if not DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)


class NumberField(forms.DecimalField):
    """A field that reads numbers as `read_number` does."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return super().to_python(read_number(value))
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
