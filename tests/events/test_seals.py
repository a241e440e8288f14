"""The hash chain names whatever was changed, taken away or added behind its back."""

import pytest
from django.db import IntegrityError, connection, transaction

from grants.events.models import Event, EventSeal, UnsealedEvent
from grants.events.seals import GENESIS, check_chain, link, seal_pending
from grants.events.services import record
from tests import cast
from tests.together import together


def happen(times: int) -> list[Event]:
    person = cast.person("applicant")
    with transaction.atomic():
        return [record(person, "confirm", by=person, data={"time": time}) for time in range(times)]


def tamper(statement: str, *params) -> None:
    """As somebody who may switch the triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def put_back(event_id: int) -> None:
    """Keeps the foreign keys whole for the end of the test."""
    tamper("DELETE FROM grants_eventseal WHERE event_id = %s", event_id)


@pytest.mark.django_db
def test_seals_form_one_chain_in_order_without_gaps():
    happen(5)

    assert seal_pending() == 5

    seals = list(EventSeal.objects.select_related("event").order_by("sequence"))
    assert [seal.sequence for seal in seals] == [1, 2, 3, 4, 5]
    assert [seal.event.data["time"] for seal in seals] == [0, 1, 2, 3, 4]
    previous = GENESIS
    for seal in seals:
        assert seal.hash == link(previous, seal.event)
        previous = seal.hash
    report = check_chain()
    assert (report.is_whole, report.sealed, report.head) == (True, 5, previous)
    assert report.unsealed == UnsealedEvent.objects.count() == 0


@pytest.mark.django_db
def test_an_event_waits_for_its_seal():
    happen(2)

    report = check_chain()

    assert (report.is_whole, report.sealed, report.unsealed) == (True, 0, 2)
    assert report.head == GENESIS


@pytest.mark.django_db
def test_sealing_goes_on_from_the_last_link():
    happen(3)

    assert [seal_pending(2), seal_pending(2), seal_pending(2)] == [2, 1, 0]
    happen(1)
    assert seal_pending() == 1
    assert (check_chain().is_whole, check_chain().sealed) == (True, 4)


@pytest.mark.django_db
def test_a_late_commit_with_a_lower_id_is_sealed_after_what_was_seen_first():
    first, second = happen(2)
    tamper("DELETE FROM grants_unsealedevent WHERE event_id = %s", first.pk)
    seal_pending()
    UnsealedEvent.objects.create(event=first)

    seal_pending()

    order = EventSeal.objects.order_by("sequence").values_list("event_id", flat=True)
    assert list(order) == [second.pk, first.pk]
    assert check_chain().is_whole


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "kind = 'user.other'",
        "at = at + interval '1 microsecond'",
        "data = '{}'",
        "actor_id = NULL",
        "reference = 'APP-1'",
        "\"case\" = 'APP-1'",
        "thing_id = '0'",
        "to_state = 'paid'",
    ],
)
def test_a_tampered_event_is_named(change):
    events = happen(4)
    seal_pending()

    tamper(f"UPDATE grants_event SET {change} WHERE id = %s", events[1].pk)

    report = check_chain()
    assert (report.broken_event, report.reason) == (events[1].pk, "it is not what was sealed")
    assert report.sealed == 1


@pytest.mark.django_db
def test_a_tampered_hash_is_named():
    events = happen(4)
    seal_pending()

    tamper("UPDATE grants_eventseal SET hash = %s WHERE event_id = %s", "f" * 64, events[2].pk)

    assert check_chain().broken_event == events[2].pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("removed", "named", "reason"),
    [
        (0, 1, "a link before it is missing"),
        (1, 2, "a link before it is missing"),
        (3, 3, "it was taken out of the queue without a seal"),
    ],
)
def test_a_removed_seal_is_named(removed, named, reason):
    events = happen(4)
    seal_pending()

    tamper("DELETE FROM grants_eventseal WHERE event_id = %s", events[removed].pk)

    report = check_chain()
    assert (report.broken_event, report.reason) == (events[named].pk, reason)


@pytest.mark.django_db
@pytest.mark.parametrize("removed", [0, 1, 3])
def test_a_removed_event_is_named(removed):
    events = happen(4)
    seal_pending()

    tamper("DELETE FROM grants_event WHERE id = %s", events[removed].pk)

    report = check_chain()
    assert (report.broken_event, report.reason) == (events[removed].pk, "the event is gone")
    put_back(events[removed].pk)


@pytest.mark.django_db
def test_an_event_slipped_in_behind_the_queue_is_named():
    happen(1)
    seal_pending()

    tamper(
        'INSERT INTO grants_event (at, kind, thing_type, thing_id, reference, "case",'
        " from_state, to_state, data) VALUES (now(), 'user.confirm', 'user', '1', '', '', '', '',"
        " '{}')"
    )

    report = check_chain()
    assert report.broken_event == Event.objects.order_by("-id").first().pk
    assert report.reason == "it was taken out of the queue without a seal"


@pytest.mark.django_db
def test_two_seals_of_one_event_are_refused():
    (event,) = happen(1)
    seal_pending()

    with pytest.raises(IntegrityError), transaction.atomic():
        EventSeal.objects.create(sequence=2, event=event, hash="0" * 64)

    assert EventSeal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain():
    happen(60)

    def seal_all() -> int:
        sealed = 0
        while UnsealedEvent.objects.exists():
            sealed += seal_pending(7)
        return sealed

    sealed = together(seal_all, seal_all)

    assert sum(sealed) == 60
    report = check_chain()
    assert (report.is_whole, report.sealed, report.unsealed) == (True, 60, 0)


@pytest.mark.django_db(transaction=True)
def test_sealing_while_others_write_loses_nothing():
    person = cast.person("applicant")

    def write() -> None:
        for _time in range(10):
            with transaction.atomic():
                record(person, "confirm", by=person)

    def seal() -> None:
        for _time in range(15):
            seal_pending(3)

    together(write, seal, write, seal)
    while seal_pending():
        continue

    report = check_chain()
    assert (report.is_whole, report.sealed, report.unsealed) == (True, 20, 0)
