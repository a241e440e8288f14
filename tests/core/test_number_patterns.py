"""Patterns for ranges agree with the numbers that the texts stand for."""

import re
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from grants.core.number_patterns import at_least, at_most, equal_to

NUMBERS = st.decimals(-1200, 1200, places=3, allow_nan=False) | st.decimals(
    -2, 2, places=2, allow_nan=False
)
WRITTEN = st.from_regex(r"\A-?0{0,2}[0-9]{1,5}(\.[0-9]{1,4})?\Z", fullmatch=True).filter(
    str.isascii
)


@given(NUMBERS, WRITTEN | NUMBERS.map(lambda number: f"{number:f}"))
@example(Decimal(0), "-0.0")
@example(Decimal("-0.5"), "-0.50")
@example(Decimal("100"), "99.999")
@example(Decimal("0.05"), "0.0")
def test_pattern_says_what_the_number_says(limit, text):
    number = Decimal(text)

    assert bool(re.match(at_least(limit), text)) is (number >= limit)
    assert bool(re.match(at_most(limit), text)) is (number <= limit)
    assert bool(re.match(equal_to(limit), text)) is (number == limit)


def test_pattern_covers_the_whole_text():
    for pattern in (
        at_least(Decimal(1)),
        at_most(Decimal(9)),
        equal_to(Decimal(5)),
        at_most(Decimal(5)),
    ):
        assert not re.search(pattern, "5\n")
        assert not re.search(pattern, "5 years")
        assert not re.search(pattern, "")
        assert re.search(pattern, "5")


def test_nothing_is_no_number():
    for pattern in (at_least(Decimal(0)), at_most(Decimal(0)), equal_to(Decimal(0))):
        assert not re.search(pattern, "")
        assert re.search(pattern, "0")
