"""At the desk: limits of a fund, two controllers, payouts sent back, money that came back."""

from decimal import Decimal

import pytest

from grants.accounts.services import grant_role
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
from grants.payouts.services.batches import submit_batch
from grants.payouts.services.booking import take_back
from grants.payouts.services.due import cancel
from grants.programs.models import Fund
from tests import cast
from tests.many import due_payouts, settled

pytestmark = pytest.mark.django_db


def submitted(*owners: str) -> PayoutBatch:
    batch = cast.batch_of(*due_payouts(*owners))
    submit_batch(batch, by=cast.person("finance"))
    return PayoutBatch.objects.get(pk=batch.pk)


def verb(thing: str, reference, name: str) -> str:
    return f"/admin/{thing}/{reference}/{name}/"


def verbs_on(response) -> list[str]:
    return [offer.verb.name for offer in response.context["offers"]]


def change(browser, fund: Fund, **fields):
    url = f"/admin/grants/fund/{fund.pk}/change/"
    form = browser.get(url).context["adminform"].form
    return browser.post(url, {**form.initial, **fields})


def test_controller_sets_the_limits_of_a_fund(at_desk):
    fund = cast.fund()

    change(at_desk("controller"), fund, second_approval_above="500000", cooling_off_days="7")

    fund.refresh_from_db()
    assert (fund.second_approval_above, fund.cooling_off_days) == (Decimal("500000.00"), 7)
    assert (fund.name_en, fund.capital) == ("Fund", Decimal("1000000000.00"))


def test_officer_changes_the_names_of_a_fund_but_not_its_limits(at_desk):
    fund = cast.fund()

    change(at_desk("officer"), fund, name_en="New", name_zh="新", second_approval_above="1")

    fund.refresh_from_db()
    assert (fund.name_en, fund.second_approval_above) == ("New", None)


@pytest.mark.parametrize("days", ["-1", "91", "x"])
def test_wrong_limit_is_said_beside_the_field(at_desk, days):
    fund = cast.fund()

    response = change(at_desk("controller"), fund, second_approval_above="0", cooling_off_days=days)

    errors = response.context["adminform"].form.errors
    assert sorted(errors) == ["cooling_off_days", "second_approval_above"]
    fund.refresh_from_db()
    assert (fund.second_approval_above, fund.cooling_off_days) == (None, 3)


def test_large_batch_says_that_a_second_controller_must_approve(at_desk):
    Fund.objects.filter(pk=cast.fund().pk).update(second_approval_above=Decimal("1.00"))
    batch = submitted("ann")
    grant_role(cast.person("approver"), "controller", by=None)
    first, second = at_desk("controller"), at_desk("approver")
    page = f"/admin/batches/{batch.reference}/"

    first.post(verb("batches", batch.reference, "approve"), {"digest": batch.digest})
    seen = second.get(page).content.decode()
    again = first.post(verb("batches", batch.reference, "approve"), {"digest": batch.digest})
    second.post(verb("batches", batch.reference, "approve"), {"digest": batch.digest})

    assert "A second controller must approve this batch" in seen
    assert "Another controller must approve it" in again.content.decode()
    batch.refresh_from_db()
    assert (batch.state, batch.second_approved_by) == ("approved", cast.person("approver"))


def test_controller_sends_one_payout_of_a_batch_back(at_desk):
    batch = submitted("ann", "bob")
    ann = Payout.objects.order_by("pk")[0]
    browser, url = at_desk("controller"), verb("batches", batch.reference, "recall")

    wrong = browser.post(url, {"reference": "PAY-1", "reason": "x"})
    browser.post(url, {"reference": ann.reference, "reason": "户名不符"})

    assert "No payout of this batch is so named." in wrong.content.decode()
    batch.refresh_from_db()
    ann.refresh_from_db()
    assert (batch.count, batch.state, ann.batch) == (1, "submitted", None)


@pytest.mark.parametrize(("who", "status"), [("finance", 403), ("auditor", 403), ("officer", 403)])
def test_others_send_no_payout_back(at_desk, who, status):
    batch = submitted("ann", "bob")
    url = verb("batches", batch.reference, "recall")

    response = at_desk(who).post(url, {"reference": "PAY-1", "reason": "x"})

    assert response.status_code == status
    assert Payout.objects.filter(batch=batch).count() == 2


def test_returned_payout_is_due_again_after_the_account_was_looked_at(at_desk):
    (payout,) = due_payouts("ann")
    cast.released_batch(payout)
    payout = settled(payout)
    take_back(PaymentAttempt.objects.get(), code="REFUND", message="x")
    finance, controller = at_desk("finance"), at_desk("controller")
    url = verb("payouts", payout.reference, "requeue")

    offered = verbs_on(finance.get(f"/admin/payouts/{payout.reference}/"))
    refused = finance.post(url, {"reason": "again"}).content.decode()
    controller.post(verb("payees", payout.payee_id, "confirm"), {"proof": "电话核实"})
    finance.post(url, {"reason": "again"})

    payout.refresh_from_db()
    assert (offered, payout.state) == (["requeue", "cancel"], "due")
    assert "It must be verified again, or replaced." in refused


def test_cancelled_payout_is_asked_for_again(at_desk):
    (payout,) = due_payouts("ann")
    cancel(payout, by=cast.person("finance"), reason="x")
    url = verb("payouts", payout.reference, "request_again")

    at_desk("finance").post(url, {"reason": "账户已更正"})
    twice = at_desk("finance").post(url, {"reason": "x"})

    assert list(Payout.objects.order_by("pk").values_list("state", flat=True)) == [
        "cancelled", "due",
    ]  # fmt: skip
    assert "Only a milestone whose payout was cancelled" in twice.content.decode()
