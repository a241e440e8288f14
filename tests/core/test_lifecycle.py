"""A table of (from, verb, to)."""

import pytest
from django.db import models

from grants.core.errors import Refused
from grants.core.lifecycle import Lifecycle


class Door(models.TextChoices):
    SHUT = "shut", "Shut"
    OPEN = "open", "Open"
    LOCKED = "locked", "Locked"


DOOR = Lifecycle(
    Door,
    [
        ("shut", "open", "open"),
        (("open", "locked"), "shut", "shut"),
        ("shut", "lock", "locked"),
    ],
)


@pytest.mark.parametrize(
    ("state", "verb", "target"),
    [
        ("shut", "open", "open"),
        ("open", "shut", "shut"),
        ("locked", "shut", "shut"),
        ("shut", "lock", "locked"),
    ],
)
def test_lifecycle_target_follows_the_table(state, verb, target):
    assert DOOR.target(state, verb) == target
    assert DOOR.allows(state, verb)


@pytest.mark.parametrize(
    ("state", "verb"), [("open", "open"), ("open", "lock"), ("locked", "open"), ("shut", "paint")]
)
def test_lifecycle_target_of_an_impossible_verb_is_refused(state, verb):
    with pytest.raises(Refused) as refused:
        DOOR.target(state, verb)

    assert Door(state).label in str(refused.value)
    assert not DOOR.allows(state, verb)


def test_lifecycle_verbs_stand_in_the_order_of_the_table():
    assert DOOR.verbs("shut") == ["open", "lock"]
    assert DOOR.all_verbs == {"open", "shut", "lock"}


def test_lifecycle_with_an_unknown_state_is_a_value_error():
    with pytest.raises(ValueError, match="ajar"):
        Lifecycle(Door, [("ajar", "open", "open")])


def test_refused_carries_one_sentence_for_each_field():
    assert Refused("No.").problems == {}
    assert Refused("No.", field="amount").problems == {"amount": "No."}
    assert Refused("No.", problems={"a": "A.", "b": "B."}).problems == {"a": "A.", "b": "B."}
    assert str(Refused("No.")) == "No."
