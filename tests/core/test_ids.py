"""References are unique under any concurrency."""

import re

import pytest
import time_machine

from grants.core.ids import next_reference
from tests.together import together


@pytest.mark.django_db
def test_reference_has_kind_year_and_six_digits():
    assert re.fullmatch(r"APP-\d{4}-\d{6}", next_reference("APP"))


@pytest.mark.django_db
def test_reference_year_is_that_of_shanghai():
    with time_machine.travel("2026-12-31T16:30:00Z", tick=False):
        assert next_reference("PAY").startswith("PAY-2027-")


@pytest.mark.django_db
def test_reference_of_an_unknown_kind_is_a_value_error():
    with pytest.raises(ValueError, match="CAT"):
        next_reference("CAT")


@pytest.mark.django_db(transaction=True)
def test_reference_is_unique_under_threads():
    deeds = [lambda: [next_reference("BAT") for _number in range(6)]] * 8

    made = [reference for found in together(*deeds) for reference in found]

    assert len(made) == 48
    assert len(set(made)) == 48
