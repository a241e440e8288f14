"""Events are appended in the transaction of their change, and `advance` is their main writer."""

import pytest
from django.db import IntegrityError, connection, transaction

from grants.core.errors import Refused
from grants.events import words
from grants.events.models import Event, EventSeal
from grants.events.seals import seal_pending
from grants.events.services import advance, record
from grants.programs.models import Round
from tests import cast
from tests.together import together


@pytest.mark.django_db
def test_record_writes_who_did_what_to_which():
    person, application = cast.person("officer"), cast.draft()

    event = record(application, "start", by=person, data={"note": "星火"}, to_state="draft")

    event.refresh_from_db()
    assert (event.kind, event.thing_type) == ("application.start", "application")
    assert (event.thing_id, event.actor) == (str(application.pk), person)
    assert event.reference == event.case == application.reference
    assert (event.from_state, event.to_state) == ("", "draft")
    assert event.data == {"note": "星火"}


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    person = cast.person()
    before = Event.objects.count()

    with pytest.raises(RuntimeError):
        record(person, "confirm", by=person)

    assert Event.objects.count() == before


@pytest.mark.django_db
def test_record_is_undone_with_its_change():
    person = cast.person()
    before = Event.objects.count()

    with transaction.atomic():
        record(person, "confirm", by=person)
        transaction.set_rollback(True)

    assert Event.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["grants_event", "grants_eventseal"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
    ],
)
def test_events_and_seals_are_append_only(table, statement):
    cast.company()
    seal_pending()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    before = list(Event.objects.values()), list(EventSeal.objects.values())
    column = "kind" if table == "grants_event" else "hash"

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, column=column))

    assert (list(Event.objects.values()), list(EventSeal.objects.values())) == before


@pytest.mark.django_db
def test_advance_moves_the_row_the_thing_and_tells():
    officer, round = cast.person("officer"), cast.draft_round()

    event = advance(round, "open", by=officer, title_en="Other", data={"why": "test"})

    stored = Round.objects.get(pk=round.pk)
    assert (stored.state, stored.title_en) == (round.state, round.title_en) == ("open", "Other")
    assert (event.kind, event.from_state, event.to_state) == ("round.open", "draft", "open")
    assert (event.actor, event.data) == (officer, {"why": "test"})


@pytest.mark.django_db
def test_advance_by_an_impossible_verb_changes_nothing():
    round = cast.draft_round()
    before = Event.objects.count()

    with pytest.raises(Refused):
        advance(round, "archive", by=None)

    assert Round.objects.get(pk=round.pk).state == round.state == "draft"
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_advance_looks_at_the_row_and_not_at_a_stale_copy():
    round = cast.draft_round()
    stale = Round.objects.get(pk=round.pk)
    advance(round, "open", by=None)

    with pytest.raises(Refused):
        advance(stale, "open", by=None)

    assert Event.objects.filter(kind="round.open").count() == 1


@pytest.mark.django_db(transaction=True)
def test_advance_by_eight_threads_happens_once():
    round = cast.draft_round()

    made = together(*[lambda: advance(Round.objects.get(pk=round.pk), "open", by=None).kind] * 8)

    assert made.count("round.open") == 1
    assert [type(found) for found in made].count(Refused) == 7
    assert Event.objects.filter(kind="round.open").count() == 1


@pytest.mark.django_db
def test_a_state_that_is_none_is_refused_by_the_database():
    round = cast.draft_round()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE grants_round SET state = 'ajar' WHERE id = %s", [round.pk])


@pytest.mark.django_db
def test_of_case_tells_the_way_of_one_grant_in_order():
    first, second = cast.submitted("one"), cast.submitted("two")

    told = Event.objects.of_case(first.reference)

    assert [event.kind for event in told] == [
        "application.start",
        "document.upload",
        "application.submit",
    ]
    assert list(Event.objects.of_thing(second).values_list("kind", flat=True)) == [
        "application.start",
        "application.submit",
    ]


@pytest.mark.django_db
def test_label_is_in_the_language_of_the_reader_and_falls_back_to_the_kind():
    event = Event(kind="application.submit")

    assert event.label == words.told("application.submit") != "application.submit"
    assert Event(kind="application.sing").label == "application.sing"
