"""The chain holds what was scored, decided, named, paid and exported, with the data to prove it."""

import io
import re

import pytest

from grants.awards import services as awards
from grants.events.models import Event
from grants.events.seals import check_chain, seal_pending
from grants.payouts.models import PayoutBatch
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services import approving, batches, due, payees, releasing
from grants.reports.exports import export_register
from grants.reports.register import Choice
from grants.reviews import services as reviews
from tests import cast
from tests.many import settled

pytestmark = pytest.mark.django_db

ACCOUNT = "6222021234567890128"


def told(kind: str, thing=None) -> list[tuple]:
    """Who did it and what the event says, oldest first."""
    rows = Event.objects.filter(kind=kind).select_related("actor").order_by("pk")
    if thing is not None:
        rows = rows.filter(thing_id=str(thing.pk))
    return [(row.actor.name if row.actor else None, row.data) for row in rows]


def steps() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_scores_are_told_whenever_they_are_saved_and_submitted():
    review = cast.assigned(cast.in_review()).review
    by = cast.person("reviewer")
    reviews.accept(review.assignment, by=by)
    saved = {"value": "4.5", "team": "na"}
    reviews.save_review(review, by=by, scores=saved, recommendation="fund")
    reviews.save_review(review, by=by, scores=saved, recommendation="fund")
    reviews.save_review(review, by=by, scores={"team": "3"}, comment="好", amount="90000")
    reviews.save_review(review, by=by, confidence=3)

    reviews.submit_review(review, by=by)
    reviews.reopen_review(review, by=cast.person("officer"), reason="typo")

    whole = {"team": "3.0", "value": "4.5"}
    assert told("review.save") == [
        ("reviewer", {"scores": {"team": None, "value": "4.5"}, "recommendation": "fund"}),
        ("reviewer", {"scores": whole, "comment": "好", "amount": "90000.00"}),
        ("reviewer", {"confidence": 3}),
    ]
    assert told("review.submit") == [
        (
            "reviewer",
            {
                "scores": whole,
                "recommendation": "fund",
                "amount": "90000.00",
                "confidence": 3,
                "comment": "好",
            },
        )
    ]
    assert told("review.reopen") == [("officer", {"reason": "typo"})]
    assert told("assignment.assign") == [("officer", {"reviewer": by.pk})]
    assert [len(told(f"assignment.{verb}")) for verb in ("accept", "complete", "reopen")] == [1] * 3


def test_conflicts_are_told_with_their_reason():
    application = cast.in_review()
    first = cast.assigned(application)
    second = cast.assigned(application, "reviewer2")

    reviews.recuse(first, by=cast.person("reviewer"), reason="my brother")
    reviews.decline(second, by=cast.person("reviewer2"), reason="no time")

    assert told("assignment.recuse") == [("reviewer", {"reason": "my brother"})]
    assert told("assignment.decline") == [("reviewer2", {"reason": "no time"})]


def test_decisions_are_told_with_outcome_amount_reasons_and_what_they_rest_on():
    first = cast.proposed()
    awards.discard(first, by=cast.person("approver"), reason="too much")
    second = awards.propose(
        first.application,
        by=cast.person("officer"),
        outcome="award",
        amount="90000",
        reasons="enough",
    )
    award = awards.confirm(second, by=cast.person("approver"))
    second.refresh_from_db()
    awards.release(second, by=cast.person("officer"))

    rests = {"outcome": "award", "amount": "90000.00", "basis": second.basis}
    assert told("decision.propose", second) == [("officer", {**rests, "reasons": "enough"})]
    assert told("decision.confirm") == [("approver", rests)]
    assert told("decision.discard") == [("approver", {"reason": "too much"})]
    assert told("decision.release") == [("officer", {"outcome": "award"})]
    assert told("award.offer", award) == [("officer", {"amount": "90000.00"})]


def test_bank_details_are_told_masked_and_never_in_full():
    payee = cast.named_payee()
    payees.verify_payee(payee, by=cast.person("controller"), proof="letter")
    payees.show_account(payee, by=cast.person("controller"))
    payees.suspend_payee(payee, by=cast.person("controller"), reason="stolen")

    tail = "•••• 0128"
    ((who, named),) = told("payee.name")
    assert (who, named["account"], named["bank"]) == ("applicant", tail, "工商银行")
    assert told("payee.verify") == [("controller", {"proof": "letter", "account": tail})]
    assert told("payee.show") == [("controller", {"account": tail})]
    assert told("payee.suspend") == [("controller", {"reason": "stolen"})]
    everything = " ".join(str(data) for data in Event.objects.values_list("data", flat=True))
    assert re.findall(r"\d{8,}", everything.replace(payee.account_index, "")) == []
    assert ACCOUNT not in everything


def test_payouts_are_told_from_due_to_paid():
    payout = cast.due_payout()
    finance, controller = cast.person("finance"), cast.person("controller")
    due.hold(payout, by=finance, reason="wait")
    due.release_hold(payout, by=finance, reason="seen")
    batch = batches.prepare_batch([payout], by=finance)
    batches.submit_batch(batch, by=finance)
    approving.reject_batch(batch, by=controller, reason="look again")
    batches.submit_batch(batch, by=finance)
    approving.approve_batch(batch, by=controller)
    releasing.release_batch(batch, by=controller)
    settled(payout, Outcome.REFUSED, code="NO", message="closed")
    due.requeue(payout, by=finance, reason="corrected")
    cast.released_batch(payout)
    settled(payout)

    number = f"{payout.reference}-2"
    fixed = PayoutBatch.objects.get(pk=batch.pk)
    approved = {"total": "30000.00", "count": 1, "digest": fixed.digest}
    assert told("payout.hold") == [("finance", {"reason": "wait"})]
    assert told("payout.release_hold") == [("finance", {"reason": "seen"})]
    submitted = approved | {"needs_second": False}
    assert told("payoutbatch.submit", batch) == [("finance", submitted)] * 2
    assert told("payoutbatch.reject") == [("controller", {"reason": "look again"})]
    assert told("payoutbatch.approve", batch) == [("controller", approved)]
    assert [name for name, _data in told("payoutbatch.release")] == ["controller"] * 2
    assert told("payout.fail") == [(None, {"code": "NO", "message": "closed"})]
    assert told("payout.requeue") == [("finance", {"reason": "corrected"})]
    assert [data for _name, data in told("paymentattempt.prepare")] == [
        {"number": f"{payout.reference}-1"},
        {"number": number},
    ]
    assert told("payout.settle") == [(None, {"net": "30000.00", "number": number})]
    ((_name, asked),) = told("payout.request")
    assert (asked["net"], asked["payee"]) == ("30000.00", "•••• 0128")


def test_exports_are_told_with_the_digest_of_the_file():
    cast.due_payout()
    target = io.BytesIO()

    made = export_register(target, Choice(), "csv", by=cast.person("finance"))

    ((who, data),) = told("user.export_payouts")
    assert (who, data["sha256"], data["rows"]) == ("finance", made.sha256, 1)


def test_whole_way_is_sealed():
    payout = cast.due_payout()
    cast.released_batch(payout)
    settled(payout)

    while seal_pending():
        continue

    report = check_chain()
    assert (report.is_whole, report.sealed, report.unsealed) == (True, len(steps()), 0)
    in_chain = Event.objects.order_by("seal__sequence").values_list("kind", flat=True)
    assert list(in_chain) == steps()
