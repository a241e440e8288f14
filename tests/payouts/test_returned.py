"""Money that came back from the bank after it was paid."""

import pytest

from grants.core.errors import Refused
from grants.payouts.models import PaymentAttempt, Payout
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services.booking import book, take_back
from grants.payouts.services.due import cancel, requeue
from grants.payouts.services.payees import confirm_payee, suspend_payee
from grants.payouts.services.sending import send_prepared
from tests import cast
from tests.many import answer
from tests.payouts.way import balance, differences, released, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(gateway) -> Payout:
    """Paid, and then back."""
    (payout,) = released()
    send_prepared()
    take_back(PaymentAttempt.objects.get(), code="REFUND", message="账户已销户")
    payout.refresh_from_db()
    return payout


def test_returned_money_is_payable_again(payout):
    assert standing() == [("returned", "returned")]
    assert (balance("paid"), balance("payable")) == ("0.00", "30000.00")
    assert (payout.reason, differences()) == ("REFUND 账户已销户", [])


def test_money_returned_twice_is_booked_once(payout):
    take_back(PaymentAttempt.objects.get(), code="REFUND", message="x")

    assert (balance("payable"), differences()) == ("30000.00", [])


def test_answer_that_comes_after_the_return_changes_nothing(payout):
    for outcome in Outcome:
        book(PaymentAttempt.objects.get(), answer(outcome), was_question=True)

    assert (standing(), differences()) == ([("returned", "returned")], [])


def test_returned_payout_waits_until_its_account_was_looked_at(payout):
    finance, controller = cast.person("finance"), cast.person("controller")

    with pytest.raises(Refused):
        requeue(payout, by=finance, reason="again")
    confirm_payee(payout.payee, by=controller, proof="电话核实")
    requeue(payout, by=finance, reason="again")

    payout.refresh_from_db()
    assert (payout.state, payout.batch) == ("due", None)


def test_returned_payout_is_paid_again_under_another_number(payout):
    confirm_payee(payout.payee, by=cast.person("controller"), proof="x")
    requeue(payout, by=cast.person("finance"), reason="x")
    payout.refresh_from_db()
    cast.released_batch(payout)

    send_prepared()

    states = list(PaymentAttempt.objects.order_by("pk").values_list("state", flat=True))
    assert (states, standing()) == (["returned", "succeeded"], [("paid", "succeeded")])
    assert (balance("paid"), differences()) == ("30000.00", [])


def test_returned_payout_can_be_given_up(payout):
    cancel(payout, by=cast.person("finance"), reason="x")

    assert (balance("payable"), balance("committed")) == ("0.00", "100000.00")
    assert differences() == []


def test_suspended_account_is_used_again_after_a_second_look():
    payee, controller = cast.verified_payee(), cast.person("controller")
    suspend_payee(payee, by=controller, reason="x")

    confirm_payee(payee, by=controller, proof="核对无误")

    payee.refresh_from_db()
    assert (payee.state, payee.proof) == ("verified", "核对无误")


def test_account_is_not_confirmed_by_who_named_it():
    payee = cast.verified_payee()

    with pytest.raises(Refused):
        confirm_payee(payee, by=cast.person(), proof="x")

    payee.refresh_from_db()
    assert payee.state == "verified"
