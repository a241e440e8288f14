"""What stands between a due payout and its money: awards, cooling-off, two controllers, recall."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grants.accounts.services import grant_role
from grants.awards import services as awards
from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import Payout, PayoutBatch
from grants.payouts.services.approving import approve_batch, recall_payout, reject_batch
from grants.payouts.services.batches import prepare_batch, submit_batch
from grants.payouts.services.due import cancel, raise_due, request_again
from grants.payouts.services.releasing import release_batch
from grants.payouts.services.sending import send_prepared
from grants.programs.models import Fund
from tests import cast
from tests.many import due_payouts
from tests.payouts.way import balance, differences, standing
from tests.together import together

pytestmark = pytest.mark.django_db


def second_controller():
    user = cast.person("controller2")
    grant_role(user, "controller", by=None)
    return user


def batch() -> PayoutBatch:
    return PayoutBatch.objects.get()


def submitted(*owners: str) -> PayoutBatch:
    made = cast.batch_of(*due_payouts(*owners))
    submit_batch(made, by=cast.person("finance"))
    return made


def approved(*owners: str) -> PayoutBatch:
    made = submitted(*owners)
    approve_batch(made, by=cast.person("controller"))
    return made


def stop(deed: str, payout: Payout) -> None:
    getattr(awards, deed)(payout.award, by=cast.person("officer"), reason="查问")


@pytest.mark.parametrize("deed", ["suspend", "terminate"])
def test_payout_of_a_stopped_award_goes_no_step_further(deed):
    payout = cast.due_payout()
    stop(deed, payout)

    with pytest.raises(Refused, match=payout.reference):
        prepare_batch([payout], by=cast.person("finance"))

    assert PayoutBatch.objects.count() == 0


@pytest.mark.parametrize("deed", ["suspend", "terminate"])
def test_award_that_is_stopped_stops_its_batch_at_every_step(deed):
    made = cast.batch_of(cast.due_payout())
    finance, controller = cast.person("finance"), cast.person("controller")
    submit_batch(made, by=finance)
    stop(deed, Payout.objects.get())

    with pytest.raises(Refused):
        approve_batch(made, by=controller)
    reject_batch(made, by=controller, reason="x")
    with pytest.raises(Refused):
        submit_batch(made, by=finance)

    assert (batch().state, Payout.objects.get().state) == ("open", "due")


def test_award_stopped_after_the_approval_stops_the_release():
    made = approved("ann")
    stop("suspend", Payout.objects.get())

    with pytest.raises(Refused):
        release_batch(made, by=cast.person("controller"))

    assert (batch().state, Payout.objects.get().state) == ("approved", "approved")
    assert differences() == []


@pytest.mark.parametrize("deed", ["suspend", "terminate"])
def test_award_stopped_after_the_release_is_not_sent(gateway, deed):
    cast.released_batch(cast.due_payout())
    stop(deed, Payout.objects.get())

    send_prepared()

    assert standing() == [("failed", "rejected")]
    assert Payout.objects.get().reason.startswith("AWARD_STOPPED")
    assert (balance("payable"), balance("in_transit")) == ("30000.00", "0.00")
    assert (gateway.numbers(), differences()) == ([], [])


def test_account_that_replaced_another_cools_off_before_it_is_paid():
    payout = cast.due_payout()
    cast.verified_payee()
    finance = cast.person("finance")

    with pytest.raises(Refused, match=payout.reference):
        prepare_batch([payout], by=finance)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        prepare_batch([payout], by=finance)

    assert batch().count == 1


def test_fund_says_how_long_an_account_cools_off():
    payout = cast.due_payout()
    cast.verified_payee()
    Fund.objects.update(cooling_off_days=0)

    prepare_batch([payout], by=cast.person("finance"))

    assert batch().count == 1


def test_batch_above_the_limit_needs_two_controllers():
    made = cast.batch_of(cast.due_payout())
    Fund.objects.update(second_approval_above=Decimal("29999.99"))
    submit_batch(made, by=cast.person("finance"))
    first, second = cast.person("controller"), second_controller()

    approve_batch(made, by=first)
    after_one = batch().state
    with pytest.raises(Refused):
        approve_batch(batch(), by=first)
    with pytest.raises(Refused):
        release_batch(batch(), by=first)
    approve_batch(batch(), by=second)

    row = batch()
    assert (after_one, row.state) == ("submitted", "approved")
    assert (row.approved_by, row.second_approved_by) == (first, second)
    assert Event.objects.filter(kind="payoutbatch.approve_first").count() == 1


def test_batch_at_the_limit_needs_one_controller():
    made = cast.batch_of(cast.due_payout())
    Fund.objects.update(second_approval_above=Decimal("30000.00"))
    submit_batch(made, by=cast.person("finance"))

    approve_batch(made, by=cast.person("controller"))

    assert (batch().state, batch().needs_second) == ("approved", False)


@pytest.mark.django_db(transaction=True)
def test_two_controllers_at_once_approve_a_large_batch_together():
    made = cast.batch_of(cast.due_payout())
    Fund.objects.update(second_approval_above=Decimal("1.00"))
    submit_batch(made, by=cast.person("finance"))
    people = [cast.person("controller"), second_controller()]

    together(*[lambda by=by: approve_batch(batch(), by=by) for by in people])

    row = batch()
    assert (row.state, {row.approved_by, row.second_approved_by}) == ("approved", set(people))


@pytest.mark.django_db(transaction=True)
def test_two_controllers_at_once_approve_a_small_batch_once():
    made = submitted("ann")
    people = [cast.person("controller"), second_controller()]

    done = together(*[lambda by=by: approve_batch(made, by=by) for by in people])

    assert sorted(type(found).__name__ for found in done) == ["NoneType", "Refused"]
    assert (batch().state, batch().second_approved_by) == ("approved", None)


def test_payout_recalled_from_an_approved_batch_takes_the_approval_with_it():
    made = approved("ann", "bob")
    ann, bob = Payout.objects.order_by("pk")

    recall_payout(ann, by=cast.person("controller"), reason="户名不符")

    ann.refresh_from_db()
    bob.refresh_from_db()
    row = batch()
    assert (row.state, row.approved_by, row.count, row.total) == ("submitted", None, 1, bob.net)
    assert (ann.state, ann.batch, bob.state, bob.batch) == ("due", None, "due", made)
    approve_batch(row, by=cast.person("controller"))
    release_batch(batch(), by=cast.person("controller"))
    assert differences() == []


def test_payout_recalled_from_a_submitted_batch_leaves_the_rest_to_be_approved():
    submitted("ann", "bob")
    ann, bob = Payout.objects.order_by("pk")

    recall_payout(ann, by=cast.person("controller"), reason="x")
    approve_batch(batch(), by=cast.person("controller"))

    bob.refresh_from_db()
    assert (batch().state, batch().total, bob.state) == ("approved", bob.net, "approved")


@pytest.mark.parametrize(
    ("who", "reason", "error"),
    [("finance", "x", PermissionDenied), ("controller", " ", Refused)],
)
def test_recall_needs_a_controller_and_a_comment(who, reason, error):
    approved("ann", "bob")

    with pytest.raises(error):
        recall_payout(Payout.objects.first(), by=cast.person(who), reason=reason)

    assert (batch().state, batch().count) == ("approved", 2)


def test_last_payout_of_a_batch_is_not_recalled():
    approved("ann")

    with pytest.raises(Refused):
        recall_payout(Payout.objects.get(), by=cast.person("controller"), reason="x")

    assert (batch().state, batch().count) == ("approved", 1)


def test_cancelled_payout_comes_back_only_when_somebody_asks_for_it():
    payout, finance = cast.due_payout(), cast.person("finance")
    cancel(payout, by=finance, reason="never")

    assert raise_due(payout.award) == []
    again = request_again(payout, by=finance, reason="corrected")

    assert [row.state for row in Payout.objects.order_by("pk")] == ["cancelled", "due"]
    assert (again.net, differences()) == (payout.net, [])
    with pytest.raises(Refused):
        request_again(payout, by=finance, reason="twice")


def test_payout_cancelled_after_the_award_was_terminated_goes_back_to_the_round():
    payout = cast.due_payout()
    stop("terminate", payout)

    cancel(payout, by=cast.person("finance"), reason="x")

    assert (balance("committed"), balance("payable"), balance("allocated")) == (
        "0.00", "0.00", "1000000.00",
    )  # fmt: skip
    assert differences() == []
