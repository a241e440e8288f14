"""Checks and signals by the API."""

import pytest

from grants.accounts.models import MemberRole, Membership
from grants.screening.models import Signal, SignalImport
from tests import cast
from tests.api.calls import Caller, problem
from tests.screening.stage import applied, rule, screened

pytestmark = pytest.mark.django_db
DESK = ("officer", "approver", "finance", "controller", "auditor")


def row(application, **changes) -> dict:
    given = {
        "reference": application.reference,
        "name": "store-rating",
        "value": "4.6",
        "date": "2026-01-20",
    }
    return given | changes


def body(*rows) -> dict:
    return {"source": "AMOS store", "signals": list(rows)}


@pytest.fixture
def case():
    application = applied("applicant")
    rule("applicant_kind", kinds=["company"])
    screened()
    return application


def test_checks_are_told_as_data_and_in_words(case):
    response = Caller("officer").get(f"applications/{case.reference}/checks/")

    (check,) = response.json()["results"]
    assert (check["kind"], check["outcome"], check["is_blocking"], check["decided_by"]) == (
        "applicant_kind",
        "failed",
        True,
        None,
    )
    assert check["evidence"] == {"kind": "individual", "allowed": ["company"]}


def test_checks_are_for_the_desk_but_not_for_members(case):
    Membership.objects.create(
        organisation=case.organisation, user=cast.person("approver"), role=MemberRole.VIEWER
    )
    address = f"applications/{case.reference}/checks/"

    found = {
        handle: Caller(handle).get(address).status_code
        for handle in (*DESK, "applicant", "reviewer", "stranger", "administrator", "superuser")
    }

    assert found == dict.fromkeys(DESK, 200) | {
        "approver": 403,
        "applicant": 403,
        "reviewer": 404,
        "stranger": 404,
        "administrator": 404,
        "superuser": 404,
    }


def test_checks_cost_the_same_with_1_and_10_rules(case, django_assert_num_queries):
    caller = Caller("officer")
    address = f"applications/{case.reference}/checks/"
    caller.get(address)
    with django_assert_num_queries(7):
        caller.get(address)
    for _time in range(9):
        rule("credit_code")
    screened()

    with django_assert_num_queries(7):
        assert len(caller.get(address).json()["results"]) == 10


def test_eligible_is_refused_where_a_rule_is_not_met(case):
    response = Caller("officer").post(
        f"applications/{case.reference}/screen/", {"is_eligible": True}
    )

    case.refresh_from_db()
    assert problem(response) == (409, "refused", [])
    assert case.state == "submitted"


def test_signals_are_taken_in_once(case):
    caller = Caller("officer")

    first = caller.post("signals/", body(row(case)))
    again = caller.post("signals/", body(row(case)))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    (signal,) = caller.get("signals/", name="store-rating").json()["results"]
    assert (signal["application"], signal["value"], signal["source"], signal["date"]) == (
        case.reference,
        "4.6000",
        "AMOS store",
        "2026-01-20",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "APP-2026-999999"},
        {"value": "many"},
        {"value": "1e5"},
        {"date": "20 January"},
        {"date": "2999-01-01"},
        {"name": "=cmd"},
    ],
)
def test_one_wrong_signal_keeps_all_out(case, changes):
    response = Caller("officer").post("signals/", body(row(case), row(case, **changes)))

    assert problem(response) == (409, "refused", [("signals", "refused")])
    assert (Signal.objects.count(), SignalImport.objects.count()) == (0, 0)


def test_signals_are_brought_by_officers_and_read_by_the_desk(case):
    Caller("officer").post("signals/", body(row(case)))
    others = ("applicant", "reviewer", "approver", "finance", "controller", "auditor", "superuser")

    found = {handle: Caller(handle).post("signals/", {"x": 1}).status_code for handle in others}
    read = {
        handle: len(Caller(handle).get("signals/").json()["results"])
        for handle in (*DESK, "applicant", "reviewer")
    }

    assert found == dict.fromkeys(others, 403)
    assert read == dict.fromkeys(DESK, 1) | {"applicant": 0, "reviewer": 0}


def test_named_questions_alone_are_open_again(case):
    officer, applicant = Caller("officer"), Caller("applicant")
    address = f"applications/{case.reference}/"

    asked = officer.post(f"{address}return/", {"reason": "Who?", "questions": ["team"]})
    other = applicant.patch(address, {"answers": {"plan": "anders"}})
    named = applicant.patch(address, {"answers": {"team": "四个人"}})

    assert (asked.status_code, named.status_code) == (200, 200)
    assert named.json()["open_questions"] == ["team"]
    assert problem(other) == (409, "refused", [("plan", "refused")])
    assert named.json()["answers"]["plan"] == cast.ANSWERS["plan"]


def test_unknown_question_is_refused(case):
    response = Caller("officer").post(
        f"applications/{case.reference}/return/", {"reason": "?", "questions": ["nothing"]}
    )

    case.refresh_from_db()
    assert problem(response) == (409, "refused", [("questions", "refused")])
    assert case.state == "submitted"
