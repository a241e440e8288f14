"""One grant from the first draft to the money, through the API alone, each person with a key."""

import pytest
from django.utils import timezone

from grants.payouts.checks import check_books
from grants.payouts.models import PaymentAttempt
from grants.payouts.services.sending import ask_open, send_prepared
from grants.programs.services import close_round
from tests import cast
from tests.api.calls import Caller

pytestmark = pytest.mark.django_db


def ok(response, status: int = 200) -> dict:
    assert response.status_code == status, response.content.decode()
    return response.json() if response.content else {}


def applied(applicant: Caller) -> str:
    """Registers, answers, uploads and submits; gives the reference."""
    organisation = ok(
        applicant.post(
            "organisations/",
            {"kind": "individual", "name": "Li Na", "identity_number": "11010119900307109X"},
        ),
        201,
    )
    start = {"round": "round-1", "organisation": organisation["id"]}
    application = ok(applicant.post("applications/", start), 201)
    address = f"applications/{application['reference']}/"
    changes = {"title": "Notes", "requested_amount": "200000.00", "answers": cast.ANSWERS}
    assert [each["field"] for each in ok(applicant.patch(address, changes))["missing"]] == [
        "proposal"
    ]
    upload = {"question": "proposal", "file": cast.pdf()}
    ok(applicant.post(address + "documents/", upload, format="multipart"), 201)
    assert ok(applicant.post(address + "submit/"))["state"] == "submitted"
    return application["reference"]


def reviewed(reviewer: Caller, officer: Caller, reference: str) -> None:
    asked = {"application": reference, "reviewer": reviewer.user.email}
    assignment = ok(officer.post("assignments/", asked), 201)
    address = f"assignments/{assignment['id']}/"
    review = ok(reviewer.post(address + "accept/"))["review"]
    assert ok(reviewer.get(f"applications/{reference}/"))["answers"] == cast.ANSWERS
    opinion = {
        "scores": {"value": 4.5, "team": "na"},
        "recommendation": "fund",
        "confidence": 3,
        "comment": "好。",
    }
    assert ok(reviewer.patch(f"reviews/{review}/", opinion))["mean"] == "90.00"
    assert ok(reviewer.post(f"reviews/{review}/submit/"))["state"] == "submitted"


def awarded(officer: Caller, approver: Caller, applicant: Caller, reference: str) -> dict:
    proposal = {"outcome": "award", "amount": "100000.00", "reasons": "好"}
    address = f"applications/{reference}/propose-decision/"
    decision = ok(officer.post(address, proposal), 201)
    award = ok(approver.post(f"decisions/{decision['id']}/confirm/"))["award"]
    ok(officer.post(f"decisions/{decision['id']}/release/"))
    return ok(applicant.post(f"awards/{award}/accept/"))


def paid_out(finance: Caller, controller: Caller, payout: str) -> None:
    batch = ok(finance.post("payout-batches/", {"payouts": [payout]}), 201)
    address = f"payout-batches/{batch['reference']}/"
    digest = ok(finance.post(address + "submit/"))["digest"]
    ok(controller.post(address + "approve/", {"digest": digest}))
    assert ok(controller.post(address + "release/"))["state"] == "released"


def work(auditor: Caller, payout: str) -> dict:
    """Does what the worker does until the payout is settled."""
    send_prepared()
    for _round in range(20):
        seen = ok(auditor.get(f"payouts/{payout}/"))
        if seen["state"] == "paid":
            break
        PaymentAttempt.objects.update(next_ask_at=timezone.now())
        ask_open()
    return seen


def test_grant_goes_its_whole_way_by_api(gateway):
    round = cast.open_round()
    people = ("applicant", "officer", "reviewer", "approver", "finance", "controller", "auditor")
    callers = {handle: Caller(handle) for handle in people}
    applicant, officer, reviewer, approver, finance, controller, auditor = callers.values()

    reference = applied(applicant)
    close_round(round, by=officer.user)
    screened = ok(officer.post(f"applications/{reference}/screen/", {"is_eligible": True}))
    assert screened["state"] == "in_review"
    reviewed(reviewer, officer, reference)
    award = awarded(officer, approver, applicant, reference)
    assert [(row["amount"], row["state"]) for row in award["milestones"]] == [
        ("30000.00", "planned"),
        ("70000.00", "planned"),
    ]

    account = {
        "organisation": award["organisation"]["id"],
        "kind": "bank",
        "account": "6222 0212 3456 7890 128",
        "holder_name": "Li Na",
        "bank_name": "工商银行杭州分行",
        "cnaps_code": "102100099996",
    }
    payee = ok(applicant.post("payees/", account), 201)
    ok(controller.post(f"payees/{payee['id']}/verify/", {"proof": "letter of the bank"}))
    milestone = f"milestones/{award['milestones'][0]['id']}/"
    report = {"report": "做完了", "files": [cast.pdf("evidence.pdf")]}
    ok(applicant.post(milestone + "submit/", report, format="multipart"))
    payout = ok(officer.post(milestone + "accept/"))["payout"]
    paid_out(finance, controller, payout)

    seen = work(auditor, payout)
    assert (seen["state"], seen["net"], seen["currency"]) == ("paid", "30000.00", "CNY")
    assert [attempt["state"] for attempt in seen["attempts"]] == ["succeeded"]
    owners = ok(auditor.get("ledger/accounts/", owner=award["reference"]))["results"]
    assert {row["place"]: row["balance"] for row in owners} == {
        "committed": "70000.00",
        "payable": "0.00",
        "paid": "30000.00",
    }
    assert check_books().differences == []
    told = ok(applicant.get("events/", thing=reference))["results"]
    assert told[0]["kind"] == "payout.settle"
    transfers = gateway.book()["transfers"]
    assert [(row["out_biz_no"], row["amount"]) for row in transfers] == [
        (seen["attempts"][0]["number"], "30000.00")
    ]
