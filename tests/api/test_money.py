import base64

import pytest

from grants.awards.models import Award
from grants.milestones.models import Milestone
from grants.payouts.models import Payout, PayoutBatch
from tests import cast
from tests.api.calls import Caller, problem

pytestmark = pytest.mark.django_db


def test_award_is_answered_by_its_grantee():
    award = cast.offered()
    applicant = Caller("applicant")
    path = f"awards/{award.reference}/"

    assert applicant.get(path).json()["verbs"] == ["accept", "decline"]
    body = applicant.post(path + "accept/").json()

    assert (body["state"], body["amount"], body["currency"]) == ("accepted", "100000.00", "CNY")
    assert body["waiting_for"] == ["The grantee's account is not verified yet."]
    again = applicant.post(path + "decline/")
    assert problem(again) == (409, "refused", [])
    assert Award.objects.get().state == "accepted"


def test_award_is_suspended_resumed_and_terminated():
    award = cast.accepted()
    officer = Caller("officer")
    path = f"awards/{award.reference}/"

    assert officer.get(path).json()["verbs"] == ["suspend", "terminate"]
    assert problem(officer.post(path + "suspend/", {"reason": " "}))[2] == [("reason", "blank")]
    assert officer.post(path + "suspend/", {"reason": "audit"}).json()["state"] == "suspended"
    assert officer.post(path + "resume/").json()["state"] == "active"
    ended = officer.post(path + "terminate/", {"reason": "gone"}).json()
    assert (ended["state"], ended["verbs"]) == ("terminated", [])


def test_milestone_is_reported_with_files_inside_the_json():
    milestone = cast.accepted().milestones.first()
    file = {"name": "a.pdf", "content": base64.b64encode(cast.pdf().read()).decode()}

    body = (
        Caller("applicant")
        .post(f"milestones/{milestone.pk}/submit/", {"report": "done", "files": [file]})
        .json()
    )

    assert (body["state"], body["report"]) == ("submitted", "done")
    assert [row["name"] for row in body["evidence"]] == ["a.pdf"]


@pytest.mark.parametrize(
    ("files", "status", "field"),
    [
        ([], 409, "file"),
        ([{"name": "a.pdf", "content": "no base64!"}], 400, "files.0.content"),
        ([{"name": "a.pdf", "content": "bm8gcGRm"}], 409, "file"),
        ([{"name": "a.pdf"}], 400, "files.0.content"),
    ],
)
def test_milestone_without_right_evidence_stays_planned(files, status, field):
    milestone = cast.accepted().milestones.first()

    response = Caller("applicant").post(
        f"milestones/{milestone.pk}/submit/", {"report": "done", "files": files}
    )

    found = problem(response)
    assert (found[0], [name for name, _code in found[2]]) == (status, [field])
    assert Milestone.objects.get(pk=milestone.pk).state == "planned"


def test_milestone_is_returned_reported_again_and_waived():
    milestone = cast.reported()
    officer, applicant = Caller("officer"), Caller("applicant")
    path = f"milestones/{milestone.pk}/"

    assert officer.get(path).json()["verbs"] == ["accept", "return", "waive"]
    assert officer.post(path + "return/", {"answer": "numbers?"}).json()["answer"] == "numbers?"
    assert applicant.post(path + "submit/", {"report": "10,000"}).json()["state"] == "submitted"
    assert officer.post(path + "waive/", {"reason": "not needed"}).json()["state"] == "waived"


def test_accepted_milestone_shows_its_payout_once_nothing_is_missing():
    milestone = cast.reported()
    waiting = Caller("officer").post(f"milestones/{milestone.pk}/accept/").json()
    payee = cast.named_payee()

    Caller("controller").post(f"payees/{payee.pk}/verify/", {"proof": "letter"})

    shown = Caller("applicant").get(f"milestones/{milestone.pk}/").json()
    assert (waiting["state"], waiting["payout"]) == ("accepted", None)
    assert shown["payout"] == Payout.objects.get().reference


def test_payee_is_named_masked_and_refused_where_wrong():
    organisation = cast.individual("applicant")
    caller = Caller("applicant")
    body = {
        "organisation": organisation.pk,
        "kind": "bank",
        "account": "6222021234567890127",
        "holder_name": "Somebody",
        "bank_name": "工商银行",
        "cnaps_code": "102100099990",
    }

    wrong = caller.post("payees/", body)
    right = caller.post(
        "payees/",
        body
        | {"account": "6222021234567890128", "cnaps_code": "102100099996"}
        | {"holder_name": organisation.name},
    )

    assert problem(wrong) == (
        409,
        "refused",
        [("account", "refused"), ("cnaps_code", "refused"), ("holder_name", "refused")],
    )
    assert right.json()["account"] == "•••• 0128"
    assert "6222021234567890128" not in right.content.decode()
    assert problem(caller.post(f"payees/{right.json()['id']}/verify/", {"proof": "me"}))[0] == 409


def test_suspended_payee_offers_no_verb():
    payee = cast.verified_payee()
    controller = Caller("controller")

    assert controller.get(f"payees/{payee.pk}/").json()["verbs"] == ["suspend"]
    body = controller.post(f"payees/{payee.pk}/suspend/", {"reason": "doubt"}).json()

    assert (body["state"], body["verbs"]) == ("suspended", [])


def test_payout_is_held_released_and_cancelled():
    payout = cast.due_payout()
    finance = Caller("finance")
    path = f"payouts/{payout.reference}/"

    assert finance.get(path).json()["verbs"] == ["hold", "cancel"]
    held = finance.post(path + "hold/", {"reason": "check"}).json()
    assert (held["state"], held["reason"]) == ("held", "check")
    assert held["verbs"] == ["release-hold", "cancel"]
    assert finance.post(path + "release-hold/").json()["state"] == "due"
    assert finance.post(path + "cancel/", {"reason": "gone"}).json()["state"] == "cancelled"


def test_batch_takes_each_payout_once():
    payout = cast.due_payout()
    finance = Caller("finance")
    body = {"payouts": [payout.reference, payout.reference]}

    made = finance.post("payout-batches/", body)
    again = finance.post("payout-batches/", body)
    unknown = finance.post("payout-batches/", {"payouts": [payout.reference, "PAY-2026-9"]})

    batch = made.json()
    assert (batch["total"], batch["count"], batch["currency"]) == ("30000.00", 1, "CNY")
    assert (batch["payouts"], batch["verbs"]) == ([payout.reference], ["submit"])
    assert problem(again) == (409, "refused", [])
    assert problem(unknown) == (400, "invalid", [("payouts.1", "does_not_exist")])
    assert PayoutBatch.objects.count() == 1


def test_batch_is_approved_by_its_digest_and_rejected():
    batch = cast.batch_of(cast.due_payout())
    finance, controller = Caller("finance"), Caller("controller")
    path = f"payout-batches/{batch.reference}/"
    digest = finance.post(path + "submit/").json()["digest"]

    stale = controller.post(path + "approve/", {"digest": "0" * 64})
    assert problem(stale) == (409, "refused", [])
    assert controller.get(path).json()["verbs"] == ["approve", "reject"]
    assert controller.post(path + "approve/", {"digest": digest}).json()["state"] == "approved"
    rejected = controller.post(path + "reject/", {"reason": "later"}).json()

    assert (rejected["state"], rejected["approved_by"]) == ("open", None)
    assert Payout.objects.get().state == "due"


def test_attempts_batch_and_reason_are_not_for_the_grantee():
    payout = cast.due_payout()
    cast.released_batch(payout)

    seen = Caller("finance").get(f"payouts/{payout.reference}/").json()
    mine = Caller("applicant").get(f"payouts/{payout.reference}/").json()

    assert [attempt["state"] for attempt in seen["attempts"]] == ["prepared"]
    assert (mine["attempts"], mine["batch"], mine["reason"]) == ([], None, None)


def test_ledger_shows_the_places_and_the_moves_of_an_award():
    award = cast.accepted()
    auditor = Caller("auditor")

    accounts = auditor.get("ledger/accounts/", owner=award.reference).json()["results"]
    entries = auditor.get("ledger/entries/", owner=award.reference).json()["results"]
    same = auditor.get("ledger/entries/", account=accounts[0]["id"]).json()["results"]

    assert [(row["place"], row["balance"]) for row in accounts] == [("committed", "100000.00")]
    assert [[(leg["place"], leg["amount"]) for leg in entry["postings"]] for entry in entries] == [
        [("allocated", "-100000.00"), ("committed", "100000.00")]
    ]
    assert same == entries
