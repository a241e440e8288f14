"""What happened, and the check of the chain."""

from datetime import date
from itertools import pairwise

import pytest
import time_machine
from django.db import connection

from grants.events.days import seal_day
from grants.events.models import Event, EventSeal
from grants.events.seals import seal_pending
from grants.events.services import record
from tests import cast
from tests.admin.conftest import ODD_QUERIES, READERS, answers, beside, join, open_to, without
from tests.admin.setting_up import LONG

pytestmark = pytest.mark.django_db

LIST = "/admin/events/"
CHECK = "/admin/events/check/"
STOCK = "/admin/grants/event/"


def kinds(response) -> list[str]:
    return [event.kind for event in response.context["page"]]


def many(thing, count: int) -> None:
    for number in range(count):
        record(thing, "change", by=cast.person("officer"), data={"number": number})


def seals() -> list:
    return list(EventSeal.objects.order_by("sequence").values_list())


def spoil(sql: str, *values) -> None:
    """Writes past the triggers, as somebody with the keys of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def auditor(at_desk):
    return at_desk("auditor")


def test_list_tells_what_happened_newest_first(at_desk):
    cast.draft_round()
    officer = at_desk("officer")

    response = officer.get(LIST)

    assert kinds(response)[:3] == ["round.create", "program.create", "fund.create"]
    newest = response.context["page"].rows[0]
    assert (newest.label, newest.reference, newest.actor) == (
        "Round made",
        "round-1",
        cast.person("officer"),
    )


def test_auditor_alone_sees_the_data(at_desk, auditor):
    cast.fund("100.00")

    shown = dict(auditor.get(LIST).context["rows"])
    hidden = dict(at_desk("officer").get(LIST).context["rows"])

    assert shown[Event.objects.get(kind="fund.create")] == '{"capital": "100.00"}'
    assert set(hidden.values()) == {""}


def test_list_is_filtered_by_case_and_reference(at_desk):
    ann, bob = cast.submitted("ann"), cast.submitted("bob")
    officer = at_desk("officer")

    of_ann = officer.get(LIST, {"case": f" {ann.reference.lower()} "})

    assert {event.case for event in of_ann.context["page"]} == {ann.reference}
    assert kinds(of_ann)[0] == "application.submit"
    assert kinds(officer.get(LIST, {"case": bob.reference[:-1]})) == []


def test_list_goes_on_by_key(at_desk):
    many(cast.draft_round(), 40)
    officer = at_desk("officer")

    newest = officer.get(LIST)
    older = officer.get(newest.context["page"].following)

    both = [*newest.context["page"], *older.context["page"]]
    assert len(newest.context["page"]) == 30
    assert all(first.pk > second.pk for first, second in pairwise(both))


@pytest.mark.parametrize("query", [*ODD_QUERIES, "case=%00", f"case={LONG}", "case=%25"])
def test_list_answers_a_wrong_filter(at_desk, query):
    assert at_desk("officer").get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["case=%00", "q=%00", "id__exact=x", "p=x", "at__gte=x"])
def test_stock_list_answers_a_wrong_filter(at_desk, query):
    assert at_desk("officer").get(f"{STOCK}?{query}").status_code in (200, 302)


def test_events_are_read_by_those_who_decide_and_pay(at_desk):
    cast.fund()
    event = Event.objects.get(kind="fund.create")

    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(STOCK, at_desk=at_desk) == open_to(*READERS)
    assert answers(f"{STOCK}{event.pk}/change/", at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("verb", ["change", "delete"])
def test_nobody_changes_or_deletes_an_event(at_desk, verb):
    cast.fund()
    event = Event.objects.get(kind="fund.create")

    found = answers(f"{STOCK}{event.pk}/{verb}/", {"post": "yes", "kind": "x"}, at_desk=at_desk)

    assert set(found.values()) == {403, "login"}
    assert Event.objects.get(pk=event.pk).kind == "fund.create"


def test_reader_does_not_see_the_case_of_an_organisation_of_their_own(at_desk):
    application = cast.submitted()
    join(application, "officer")
    officer, event = at_desk("officer"), Event.objects.filter(case=application.reference).first()

    assert kinds(officer.get(LIST, {"case": application.reference})) == []
    assert officer.get(f"{STOCK}{event.pk}/change/").url == "/admin/"
    assert officer.get(STOCK, {"q": application.reference}).context["cl"].result_count == 0


def test_chain_is_checked_by_the_auditor_alone(at_desk, auditor):
    cast.fund()
    seal_pending()
    before = seals()

    found = answers(CHECK, {}, of=without("auditor"), at_desk=at_desk)

    assert set(found.values()) == {403, "login"}
    assert auditor.get(CHECK).context.get("report") is None
    assert auditor.post(CHECK).status_code == 200
    assert seals() == before


def test_whole_chain_is_said_to_be_whole(auditor):
    cast.fund()
    sealed = seal_pending()
    many(cast.draft_round(), 1)

    report = auditor.post(CHECK).context["report"]

    assert (report.is_whole, report.sealed, report.head) == (True, sealed, seals()[-1][2])
    assert report.unsealed == Event.objects.count() - sealed


def test_event_that_was_changed_is_named(auditor):
    cast.fund("100.00")
    seal_pending()
    event = Event.objects.get(kind="fund.create")
    spoil('UPDATE grants_event SET data = \'{"capital": "1.00"}\' WHERE id = %s', event.pk)

    response = auditor.post(CHECK)

    report = response.context["report"]
    assert (report.is_whole, report.broken_event) == (False, event.pk)
    assert f"The first broken link is event {event.pk}." in response.content.decode()


def test_page_shows_the_last_seal_and_those_of_days(auditor):
    assert "No seal yet" in auditor.get(CHECK).content.decode()
    with time_machine.travel("2026-03-03T12:00:00+08:00", tick=False):
        cast.fund()
        seal_pending()
    with time_machine.travel("2026-03-04T12:00:00+08:00", tick=False):
        day = seal_day()

    context = auditor.get(CHECK).context

    assert (list(context["days"]), context["last"].hash) == ([day], day.hash)


def test_seal_from_a_mail_is_looked_for_in_the_chain(auditor):
    cast.fund()
    seal_pending()
    sequence, _event, seal = seals()[-1][:3]

    def answer(mark: str) -> bool:
        return auditor.post(CHECK, {"mark": mark}).context["is_held"]

    assert answer(f" {sequence}:{seal.upper()} ") is True
    assert answer(f"{sequence - 1}:{seal}") is False
    assert answer(f"{sequence}:{'0' * 64}") is False


@pytest.mark.parametrize("mark", ["x", "1:", ":" + "f" * 64, "1:" + "g" * 64, "²:" + "f" * 64])
def test_what_is_no_seal_is_said_beside_the_field(auditor, mark):
    response = auditor.post(CHECK, {"mark": mark})

    assert "report" not in response.context
    assert beside(response, "id_mark") == (
        "Error: Paste the whole line: a number, a colon and 64 letters and digits."
    )


def test_day_that_was_rewritten_is_named(auditor):
    with time_machine.travel("2026-03-03T12:00:00+08:00", tick=False):
        cast.fund()
        seal_pending()
    with time_machine.travel("2026-03-04T12:00:00+08:00", tick=False):
        seal_day()
    spoil("UPDATE grants_dailyseal SET events = events + 1")

    response = auditor.post(CHECK)

    assert response.context["report"].broken_days == (date(2026, 3, 3),)
    assert "The seal of a day is not what the chain holds" in response.content.decode()


def test_lists_cost_the_same_at_1_and_30_rows(auditor, django_assert_num_queries):
    fund = cast.fund()
    # Session, person, roles, conflicts, rows with who did it; the stock list counts too.
    for url, queries in ((LIST, 5), (STOCK, 6)):
        with django_assert_num_queries(queries):
            auditor.get(url)

    many(fund, 40)

    for url, queries in ((LIST, 5), (STOCK, 6)):
        with django_assert_num_queries(queries):
            assert auditor.get(url).status_code == 200
