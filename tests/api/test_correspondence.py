"""Messages, overridden checks and more time, by software."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grants.applications.models import Extension
from grants.messages.models import Message
from tests import cast
from tests.api.calls import Caller, problem
from tests.screening.stage import applied, rule, screened

pytestmark = pytest.mark.django_db


def test_applicant_and_fund_write_to_each_other():
    application = cast.submitted()
    address = f"applications/{application.reference}/"

    asked = Caller("applicant").post(f"{address}messages/", {"text": "When?"})
    told = Caller("officer").post(f"{address}messages/", {"text": "Soon."})

    assert [answer.status_code for answer in (asked, told)] == [201, 201]
    rows = Caller("applicant").get(f"{address}messages/").json()["results"]
    assert [(row["is_from_fund"], row["text"]) for row in rows] == [
        (True, "Soon."),
        (False, "When?"),
    ]


def test_others_neither_read_nor_write():
    application = cast.submitted()
    address = f"applications/{application.reference}/messages/"
    Caller("applicant").post(address, {"text": "When?"})

    assert Caller("stranger").get(address).status_code == 404
    assert Caller("stranger").post(address, {"text": "x"}).status_code == 404
    assert Caller("auditor").post(address, {"text": "x"}).status_code == 403
    assert Message.objects.count() == 1


def test_empty_message_is_refused():
    application = cast.submitted()
    address = f"applications/{application.reference}/messages/"

    empty = Caller("applicant").post(address, {"text": " "})

    assert (empty.status_code, Message.objects.count()) == (400, 0)


def test_officer_says_that_nothing_is_to_be_answered():
    application = cast.submitted()
    address = f"applications/{application.reference}/"
    officer = Caller("officer")
    before = officer.post(f"{address}settle-messages/")
    Caller("applicant").post(f"{address}messages/", {"text": "Thanks!"})

    answers = [
        Caller(handle).post(f"{address}settle-messages/").status_code
        for handle in ("applicant", "auditor", "officer", "officer")
    ]

    assert (before.status_code, answers) == (404, [403, 403, 204, 409])


def test_officer_decides_a_check_otherwise():
    application = applied("ann")
    kinds = rule("applicant_kind", kinds=["company"])
    screened()
    address = f"applications/{application.reference}/checks/"
    body = {"rule": kinds.pk, "outcome": "passed", "reason": "Seen by phone"}

    decided = Caller("officer").post(address, body)

    assert (decided.status_code, decided.json()["decided_by"]) == (
        201,
        cast.person("officer").email,
    )
    (row,) = Caller("officer").get(address).json()["results"]
    assert (row["outcome"], row["found"]) == ("passed", "Seen by phone")
    assert Caller("auditor").post(address, body).status_code == 403
    assert Caller("officer").post(address, body | {"rule": kinds.pk + 1}).status_code == 404
    assert problem(Caller("officer").post(address, body | {"outcome": "unclear"})) == (
        400,
        "invalid",
        [("outcome", "invalid_choice")],
    )


def test_one_draft_is_given_more_time():
    draft = cast.draft()
    address = f"rounds/{draft.round.slug}/extensions/"
    until = draft.round.closes_at + timedelta(days=3)
    body = {"application": draft.reference, "until": until.isoformat(), "reason": "Illness"}

    given = Caller("officer").post(address, body)

    assert (given.status_code, given.json()["reason"]) == (201, "Illness")
    assert len(Caller("officer").get(address).json()["results"]) == 1
    answers = {
        handle: [
            Caller(handle).get(address).status_code,
            Caller(handle).post(address, body).status_code,
        ]
        for handle in ("applicant", "auditor")
    }
    assert answers == {"applicant": [403, 403], "auditor": [200, 403]}
    assert Extension.objects.count() == 1


def test_time_that_is_over_and_unknown_drafts_are_refused():
    draft = cast.draft()
    address = f"rounds/{draft.round.slug}/extensions/"
    late = draft.round.closes_at + timedelta(days=1)
    body = {"application": draft.reference, "until": late.isoformat(), "reason": "x"}

    past = Caller("officer").post(address, body | {"until": timezone.now().isoformat()})
    unknown = Caller("officer").post(address, body | {"application": "APP-2020-000001"})

    assert problem(past) == (409, "refused", [("until", "refused")])
    assert problem(unknown) == (409, "refused", [("application", "refused")])
    assert not Extension.objects.exists()
