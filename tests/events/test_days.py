"""The seal of each day, and what finds out a portal that was rewritten as a whole."""

from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from grants.events.days import broken_days, seal_day
from grants.events.models import DailySeal, Event, EventSeal
from grants.events.seals import check_chain, link, seal_pending
from grants.events.services import record
from grants.notifications.models import Notification
from grants.notifications.services import fan_out
from grants.tasks import publish_seal
from tests import cast
from tests.ledger.books import tamper
from tests.together import together

NOON = "2026-03-03T12:00:00+08:00"
NEXT = "2026-03-04T00:05:00+08:00"
DAY = date(2026, 3, 3)


def happen(at: str, times: int = 1) -> None:
    person = cast.person()
    with time_machine.travel(at, tick=False), transaction.atomic():
        for time in range(times):
            record(person, "confirm", by=person, data={"time": time})


def publish(at: str = NEXT) -> DailySeal | None:
    with time_machine.travel(at, tick=False):
        publish_seal()
    return DailySeal.objects.filter(day=DAY).first()


def sealed_day() -> DailySeal:
    happen(NOON, 3)
    seal_pending()
    return publish()


@pytest.mark.django_db
def test_day_is_sealed_with_its_last_seal_and_told_to_every_auditor():
    happen("2026-03-02T23:59:59+08:00")
    happen(NOON, 3)
    happen("2026-03-03T23:59:59+08:00")
    happen("2026-03-04T00:00:00+08:00")
    seal_pending()

    day = publish()

    fifth = EventSeal.objects.get(sequence=5)
    assert (day.sequence, day.hash, day.events) == (5, fifth.hash, 4)
    event = Event.objects.get(kind="dailyseal.publish")
    assert (event.thing_id, event.data["hash"], event.actor) == ("2026-03-03", day.hash, None)
    cast.person("auditor")
    seal_pending()
    fan_out()
    mail = Notification.objects.get(kind="dailyseal.publish")
    assert (mail.person, f"\n5:{day.hash}\n" in mail.text) == (cast.person("auditor"), True)


@pytest.mark.django_db
def test_day_is_sealed_once():
    day = sealed_day()

    assert publish("2026-03-04T07:05:00+08:00") == day
    assert Event.objects.filter(kind="dailyseal.publish").count() == 1


@pytest.mark.django_db(transaction=True)
def test_day_sealed_by_two_at_once_is_told_once():
    happen(NOON)
    seal_pending()

    first, second = together(lambda: seal_day(DAY), lambda: seal_day(DAY))

    assert first == second
    assert Event.objects.filter(kind="dailyseal.publish").count() == 1


@pytest.mark.django_db
def test_day_waits_until_all_of_its_events_are_sealed():
    happen(NOON, 2)
    seal_pending(1)
    assert publish() is None

    seal_pending()

    assert publish().events == 2


@pytest.mark.django_db
def test_day_on_which_nothing_happened_is_sealed_too():
    assert publish() is None
    happen("2026-03-01T12:00:00+08:00")
    seal_pending()

    assert (publish().sequence, publish().events) == (1, 0)


@pytest.mark.django_db
def test_day_that_is_not_over_is_not_sealed():
    with time_machine.travel(NOON, tick=False), pytest.raises(ValueError, match="over"):
        seal_day(DAY)


@pytest.mark.django_db
def test_what_is_committed_late_belongs_to_a_later_seal():
    sealed_day()
    happen("2026-03-03T23:59:59+08:00")

    seal_pending()

    assert (broken_days(), check_chain().is_whole) == ((), True)


def rewrite() -> None:
    """A whole new chain over events of which one was changed."""
    tamper("UPDATE grants_event SET data = '{}' WHERE id = (SELECT min(id) FROM grants_event)")
    previous = "0" * 64
    for seal in EventSeal.objects.select_related("event").order_by("sequence"):
        previous = link(previous, seal.event)
        tamper("UPDATE grants_eventseal SET hash = %s WHERE sequence = %s", previous, seal.sequence)


@pytest.mark.django_db
def test_chain_that_was_written_anew_differs_from_the_seal_of_the_day():
    sealed_day()

    rewrite()

    report = check_chain()
    assert (report.broken_event, report.broken_days, report.is_whole) == (None, (DAY,), False)


@pytest.mark.django_db
def test_command_finds_out_a_database_that_was_rewritten_as_a_whole(capsys):
    day = sealed_day()
    mark = f"{day.sequence}:{day.hash}"
    call_command("check_events", against=mark)
    assert "The chain holds seal 3 of the mail." in capsys.readouterr().out

    rewrite()
    tamper(
        "UPDATE grants_dailyseal SET hash ="
        " (SELECT hash FROM grants_eventseal WHERE sequence = grants_dailyseal.sequence)"
    )

    call_command("check_events")
    with pytest.raises(SystemExit):
        call_command("check_events", against=mark)
    assert capsys.readouterr().err == "BROKEN at seal 3: the mail names another hash\n"


@pytest.mark.django_db
def test_command_names_days_and_refuses_what_is_no_seal(capsys):
    sealed_day()
    tamper("UPDATE grants_dailyseal SET sequence = 2")

    with pytest.raises(SystemExit):
        call_command("check_events")
    with pytest.raises(CommandError):
        call_command("check_events", against="3")

    assert capsys.readouterr().err == (
        "BROKEN on 2026-03-03: its seal is not what the chain holds\n"
    )
