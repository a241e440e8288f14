"""Submitting, submitting again and taking back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from grants.accounts.models import User
from grants.accounts.services import add_member
from grants.applications.models import Application, Submission
from grants.applications.services.documents import add_document, remove_document
from grants.applications.services.drafts import missing, save_answers, start, withdraw
from grants.applications.services.submitting import submit
from grants.core.digest import digest
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


def test_submit_freezes_the_content_and_its_digest():
    application = cast.complete_draft()

    submission = submit(application, by=cast.person())

    assert (stored(application).state, application.state, submission.number) == (
        "submitted",
        "submitted",
        1,
    )
    submission.refresh_from_db()
    assert submission.sha256 == digest(submission.content)
    assert submission.content["answers"] == cast.ANSWERS
    assert submission.content["requested_amount"] == "200000.00"
    event = Event.objects.get(kind="application.submit")
    assert event.data == {"submission": 1, "sha256": submission.sha256}


def test_submit_of_an_empty_draft_names_each_thing_that_is_missing():
    application = cast.draft()

    with pytest.raises(Refused) as refused:
        submit(application, by=cast.person())

    needed = "category launch_on plan proposal ready requested_amount team team_size title"
    assert sorted(refused.value.problems) == needed.split()
    assert refused.value.problems == missing(application)
    assert (stored(application).state, Submission.objects.count()) == ("draft", 0)


def test_submit_with_a_wrong_answer_names_it():
    application = cast.complete_draft()
    save_answers(application, by=cast.person(), answers={"launch_on": "soon", "site": "nowhere"})

    with pytest.raises(Refused) as refused:
        submit(application, by=cast.person())

    assert sorted(refused.value.problems) == ["launch_on", "site"]
    assert events("application.submit") == 0


def test_submit_of_the_same_content_again_is_the_first_submission():
    application = cast.submitted()

    again = submit(application, by=cast.person())

    assert again == Submission.objects.get()
    assert events("application.submit") == 1


def test_submit_of_other_content_makes_the_next_number_and_keeps_the_first():
    application = cast.submitted()
    first = Submission.objects.get()
    save_answers(application, by=cast.person(), answers={"team": "三个人"})

    second = submit(application, by=cast.person())

    assert (second.number, second.content["answers"]["team"]) == (2, "三个人")
    assert Submission.objects.get(pk=first.pk).content == first.content
    assert application.latest == second


@pytest.mark.django_db(transaction=True)
def test_submit_by_eight_clicks_makes_one_submission():
    application, by = cast.complete_draft(), cast.person()

    made = together(*[lambda: submit(stored(application), by=by).pk] * 8)

    assert len(set(made)) == Submission.objects.count() == 1
    assert events("application.submit") == 1


@pytest.mark.parametrize("deed", ["submit", "save", "add", "remove"])
def test_nothing_goes_after_the_close(deed):
    application, by = cast.complete_draft(), cast.person()
    close_round(application.round, by=cast.person("officer"))
    before = Application.objects.values().get()
    deeds = {
        "submit": lambda: submit(application, by=by),
        "save": lambda: save_answers(application, by=by, answers={"team": "x"}),
        "add": lambda: add_document(application, cast.pdf(), by=by, question_key="proposal"),
        "remove": lambda: remove_document(application.documents.get(), by=by),
    }
    with pytest.raises(Refused):
        deeds[deed]()

    assert Application.objects.values().get() == before
    assert application.documents.filter(removed_at=None).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grants_submission SET content = '{}'",
        "DELETE FROM grants_submission",
        "TRUNCATE grants_submission CASCADE",
    ],
)
def test_submission_is_append_only(statement):
    cast.submitted()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    before = list(Submission.objects.values())

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(Submission.objects.values()) == before


@pytest.mark.parametrize("handle", ["viewer", "stranger", "officer", "superuser"])
def test_who_may_not_write_may_not_submit(handle):
    application = cast.complete_draft()
    person = cast.person(handle)
    if handle == "viewer":
        add_member(application.organisation, by=cast.person(), email=person.email, role="viewer")
        person = User.objects.get(pk=person.pk)

    for deed in (submit, withdraw):
        with pytest.raises(PermissionDenied):
            deed(application, by=person)
    with pytest.raises(PermissionDenied):
        save_answers(application, by=person, answers={})

    assert stored(application).state == "draft"


def test_withdrawn_application_makes_room_for_a_new_one():
    application = cast.submitted()

    withdraw(application, by=cast.person(), reason="改了主意")
    second = start(application.round, application.organisation, by=cast.person())

    assert (stored(application).state, second.state) == ("withdrawn", "draft")
    assert second != application
    with pytest.raises(Refused):
        withdraw(application, by=cast.person())


def test_two_standing_applications_by_raw_sql_are_refused():
    application = cast.submitted()
    withdraw(application, by=cast.person())
    start(application.round, application.organisation, by=cast.person())

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state="draft")


@pytest.mark.parametrize(
    ("handle", "seen"),
    [("applicant", 1), ("other", 1), ("stranger", 0), ("reviewer", 0), ("officer", 1)],
)
def test_drafts_are_visible_to_their_members_only(handle, seen):
    cast.draft("applicant")
    cast.submitted("other")

    assert Application.objects.visible_to(cast.person(handle)).count() == seen
