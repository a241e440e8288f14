"""Amounts: `Decimal` with two places, rounded half-up to the fen, never a float."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.core.validators import MinValueValidator
from django.db import models

from grants.core.numbers import NumberField

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
more_than_nothing = MinValueValidator(FEN)


class MoneyField(models.DecimalField):
    """A `numeric(18,2)` column."""

    def __init__(self, *args, **kwargs):
        kwargs["max_digits"], kwargs["decimal_places"] = 18, 2
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": NumberField, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


def to_fen(amount: Decimal | int | str) -> Decimal:
    """The amount rounded half-up to the fen.

    Raises `TypeError` for a float and `InvalidOperation` for what is no number.
    """
    if isinstance(amount, float):
        raise TypeError("an amount is never a float")
    number = Decimal(amount)
    if not number.is_finite():
        raise InvalidOperation("an amount is a finite number")
    return number.quantize(FEN, rounding=ROUND_HALF_UP)


def split(amount: Decimal, shares: Sequence[Decimal | int]) -> list[Decimal]:
    """`amount` in parts proportional to `shares`; the parts sum to it, to the fen.

    Each part is the difference of two rounded running totals, so that no fen is lost.
    """
    whole = sum(Decimal(share) for share in shares)
    if whole <= 0:
        raise ValueError("shares must sum to more than zero")
    parts, running, given = [], Decimal(0), ZERO
    for share in shares:
        running += Decimal(share)
        upto = to_fen(amount * running / whole)
        parts.append(upto - given)
        given = upto
    return parts
