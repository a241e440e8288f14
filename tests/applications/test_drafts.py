"""Beginning and keeping a draft."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grants.applications.models import Application
from grants.applications.services.drafts import missing, save_answers, start
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.services import close_round
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def stored(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def events(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def test_start_begins_a_draft_once():
    round, organisation = cast.open_round(), cast.company()

    first = start(round, organisation, by=cast.person())
    again = start(round, organisation, by=cast.person())

    assert first == again
    assert (first.state, first.form, first.answers) == ("draft", round.form, {})
    assert events("application.start") == 1


@pytest.mark.django_db(transaction=True)
def test_start_by_eight_clicks_makes_one_draft():
    round, organisation, by = cast.open_round(), cast.company(), cast.person()

    made = together(*[lambda: start(round, organisation, by=by).pk] * 8)

    assert len(set(made)) == Application.objects.count() == 1
    assert events("application.start") == 1


@pytest.mark.parametrize("state", ["draft", "closed", "over"])
def test_start_while_the_round_is_not_open_is_refused(state):
    organisation = cast.company()
    round = cast.draft_round() if state == "draft" else cast.open_round()
    if state == "closed":
        close_round(round, by=cast.person("officer"))
    if state == "over":
        past = timezone.now() - timedelta(hours=1)
        type(round).objects.filter(pk=round.pk).update(closes_at=past)

    with pytest.raises(Refused):
        start(round, organisation, by=cast.person())

    assert Application.objects.count() == 0


def test_start_with_a_stale_copy_of_a_closed_round_is_refused():
    round, organisation = cast.open_round(), cast.company()
    close_round(type(round).objects.get(pk=round.pk), by=cast.person("officer"))

    with pytest.raises(Refused):
        start(round, organisation, by=cast.person())

    assert Application.objects.count() == 0


def test_start_for_somebody_else_is_denied():
    round, organisation = cast.open_round(), cast.company()

    for handle in ("stranger", "officer", "superuser"):
        with pytest.raises(PermissionDenied):
            start(round, organisation, by=cast.person(handle))

    assert Application.objects.count() == 0


def test_save_keeps_right_answers_tidy_and_wrong_ones_as_typed():
    application = cast.draft()

    found = save_answers(
        application,
        by=cast.person(),
        answers={"team_size": "1,000", "category": "nonsense", "launch_on": "soon", "ready": True},
    )

    kept = {"team_size": "1000", "category": "nonsense", "launch_on": "soon", "ready": "yes"}
    assert stored(application).answers == application.answers == kept
    assert sorted(found) == ["category", "launch_on"]
    assert events("application.save") == 0


def test_save_leaves_what_is_not_named_as_it_is():
    application = cast.complete_draft()

    save_answers(application, by=cast.person(), answers={"team": "新的团队"})

    assert application.answers == cast.ANSWERS | {"team": "新的团队"}
    assert (application.title, str(application.requested_amount)) == (
        "App of applicant",
        "200000.00",
    )


def test_save_of_an_unknown_question_is_refused_and_keeps_nothing():
    application = cast.draft()

    with pytest.raises(Refused) as refused:
        save_answers(application, by=cast.person(), title="x", answers={"team": "x", "sing": "la"})

    assert list(refused.value.problems) == ["sing"]
    assert (stored(application).answers, stored(application).title) == ({}, "")


@pytest.mark.parametrize(
    ("typed", "kept", "is_wrong"),
    [
        ("1000", "1000.00", False),
        ("¥500,000.00", "500000.00", False),
        (Decimal("2000"), "2000.00", False),
        ("999.99", None, True),
        ("500000.01", None, True),
        ("-5", None, True),
        ("NaN", None, True),
        ("1e999999999999999999", None, True),
        ("a lot", None, True),
        ("", None, False),
    ],
)
def test_save_of_an_amount_keeps_it_within_the_limits_of_the_round(typed, kept, is_wrong):
    application = cast.draft()

    found = save_answers(application, by=cast.person(), requested_amount=typed)

    amount = stored(application).requested_amount
    assert (amount and str(amount)) == kept
    assert list(found) == (["requested_amount"] if is_wrong else [])


@pytest.mark.parametrize(
    ("typed", "kept", "is_wrong"),
    [(" 星火 ", "星火", False), ("星" * 120, "星" * 120, False), ("星" * 121, "", True)],
)
def test_save_of_a_title_keeps_at_most_120_characters(typed, kept, is_wrong):
    application = cast.draft()

    found = save_answers(application, by=cast.person(), title=typed)

    assert stored(application).title == kept
    assert list(found) == (["title"] if is_wrong else [])


@pytest.mark.django_db(transaction=True)
def test_two_people_who_save_other_answers_at_once_lose_none():
    application, by = cast.draft(), cast.person()

    for _time in range(3):
        together(
            *[
                lambda key=key: save_answers(stored(application), by=by, answers={key: "x"})
                for key in ("team", "plan", "site", "launch_on")
            ]
        )
        assert stored(application).answers == dict.fromkeys(
            ("team", "plan", "site", "launch_on"), "x"
        )


@pytest.mark.parametrize("title", ["\u200b", "\u200d\ufeff", "\x07 \u202e", "\u3000"])
def test_title_that_nobody_sees_counts_as_missing(title):
    application = cast.complete_draft()

    save_answers(application, by=cast.person(), title=title)

    assert application.title == ""
    assert "title" in missing(application)


def test_save_of_more_than_a_draft_holds_is_refused_and_keeps_nothing():
    application = cast.draft()

    with pytest.raises(Refused):
        save_answers(application, by=cast.person(), answers={"team": "星" * 4_000_000})

    assert stored(application).answers == {}


def test_save_of_a_megabyte_keeps_it_and_tells_the_limit():
    application = cast.draft()

    found = save_answers(application, by=cast.person(), answers={"team": "a" * 2**20})

    assert list(found) == ["team"]
    assert stored(application).answers == {"team": "a" * 2**20}


@pytest.mark.parametrize("typed", [["a"], {"b": [1]}, [["x"]]])
def test_save_of_a_list_where_a_text_is_due_is_told(typed):
    application = cast.draft()

    found = save_answers(application, by=cast.person(), answers={"team": typed})

    assert list(found) == ["team"]
