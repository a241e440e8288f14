"""The clock that opens and closes rounds."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from grants.core.errors import Refused
from grants.events.models import Event
from grants.ledger.models import LedgerAccount
from grants.programs.models import Round
from grants.programs.services import (
    open_round,
    run_calendar,
)
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def balances() -> dict[str, str]:
    return {f"{row.place}:{row.owner}": str(row.balance) for row in LedgerAccount.objects.all()}


def test_round_whose_opening_lies_ahead_is_scheduled_and_opened_and_closed_by_the_clock():
    now = timezone.now()
    round = cast.draft_round(opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=9))

    open_round(round, by=cast.person("officer"))

    assert (round.state, balances()["allocated:round-1"]) == ("scheduled", "1000000.00")
    assert run_calendar() == 0
    with pytest.raises(Refused):
        open_round(round, by=cast.person("officer"))
    with time_machine.travel(now + timedelta(days=3)):
        assert (run_calendar(), run_calendar()) == (1, 0)
        stored = Round.objects.get(pk=round.pk)
        assert (stored.state, stored.is_open) == ("open", True)
    with time_machine.travel(now + timedelta(days=10)):
        assert not Round.objects.get(pk=round.pk).is_open
        assert (run_calendar(), run_calendar()) == (1, 0)
    stored = Round.objects.get(pk=round.pk)
    assert (stored.state, stored.closes_at) == ("closed", round.closes_at)
    kinds = Event.objects.filter(thing_type="round").order_by("id").values_list("kind", "actor")
    assert list(kinds) == [
        ("round.create", cast.person("officer").pk),
        ("round.schedule", cast.person("officer").pk),
        ("round.open", None),
        ("round.close", None),
    ]


def test_calendar_that_slept_opens_and_closes_in_one_go():
    now = timezone.now()
    round = cast.draft_round(opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=9))
    open_round(round, by=cast.person("officer"))

    with time_machine.travel(now + timedelta(days=30)):
        assert run_calendar() == 2

    assert Round.objects.get(pk=round.pk).state == "closed"


@pytest.mark.django_db(transaction=True)
def test_two_calendars_at_once_move_each_round_once_and_raise_nothing():
    now = timezone.now()
    for number in range(3):
        round = cast.draft_round(
            f"r{number}", opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=9)
        )
        open_round(round, by=cast.person("officer"))

    with time_machine.travel(now + timedelta(days=3), tick=False):
        moved = together(*[run_calendar] * 4)

    assert sum(moved) == 3
    assert Event.objects.filter(kind="round.open").count() == 3
