"""Payouts that are due: held, freed, given up; and what raw SQL may not do to them."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.awards import services as awards
from grants.core.errors import Refused
from grants.milestones.models import Milestone
from grants.milestones.services import submit
from grants.payouts.models import Payout
from grants.payouts.services.due import (
    accept_milestone,
    cancel,
    hold,
    raise_due,
    release_hold,
    requeue,
    resume_award,
    waive_milestone,
)
from grants.payouts.services.payees import suspend_payee
from grants.payouts.services.sending import send_prepared
from tests import cast
from tests.payouts.way import balance, differences, places, released
from tests.together import together

pytestmark = pytest.mark.django_db


def state() -> str:
    return Payout.objects.get().state


def test_accepted_milestone_is_due_once():
    payout = cast.due_payout()

    assert raise_due(payout.award) == raise_due(payout.award) == []

    assert (state(), places()) == ("due", {"committed": "70000.00", "payable": "30000.00"})
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_milestone_accepted_by_four_clicks_is_due_once():
    milestone, officer = cast.reported(), cast.person("officer")
    cast.verified_payee()

    made = together(
        *[lambda: accept_milestone(Milestone.objects.get(pk=milestone.pk), by=officer)] * 4
    )

    assert sorted(type(found).__name__ for found in made) == ["Refused"] * 3 + ["list"]
    assert places() == {"committed": "70000.00", "payable": "30000.00"}


def test_last_payment_completes_the_award(gateway):
    payout = cast.due_payout()
    second = payout.award.milestones.last()
    submit(second, by=cast.person(), report="x", files=[cast.pdf()])
    payouts = [payout, *accept_milestone(second, by=cast.person("officer"))]

    cast.released_batch(*payouts)
    send_prepared()

    payout.award.refresh_from_db()
    assert payout.award.state == "completed"
    assert places() == {
        "committed": "0.00",
        "payable": "0.00",
        "in_transit": "0.00",
        "paid": "100000.00",
    }
    assert differences() == []


def test_what_waited_for_a_resumed_award_is_due():
    milestone, officer = cast.reported(), cast.person("officer")
    accept_milestone(milestone, by=officer)
    awards.suspend(milestone.award, by=officer, reason="x")
    cast.verified_payee()
    assert Payout.objects.count() == 0

    resume_award(milestone.award, by=officer)

    assert (state(), places()) == ("due", {"committed": "70000.00", "payable": "30000.00"})


def test_waiving_the_last_open_milestone_completes_the_award(gateway):
    (payout,) = released()
    send_prepared()
    award, officer = payout.award, cast.person("officer")

    waive_milestone(award.milestones.get(number=2), by=officer, reason="x")

    award.refresh_from_db()
    assert (award.state, balance("paid"), balance("committed")) == ("completed", "30000.00", "0.00")


def test_waiving_one_of_two_leaves_the_award_in_force():
    award, officer = cast.accepted(), cast.person("officer")

    waive_milestone(award.milestones.get(number=2), by=officer, reason="x")
    award.refresh_from_db()
    after_one = award.state
    waive_milestone(award.milestones.get(number=1), by=officer, reason="x")
    award.refresh_from_db()

    assert (after_one, award.state) == ("accepted", "completed")


def test_held_payout_goes_into_no_batch_until_it_is_freed():
    payout = cast.due_payout()

    hold(payout, by=cast.person("finance"), reason="等发票")
    with pytest.raises(Refused):
        cast.batch_of(payout)
    assert (state(), Payout.objects.get().reason) == ("held", "等发票")

    release_hold(payout, by=cast.person("controller"))
    assert (state(), Payout.objects.get().reason) == ("due", "")
    assert cast.batch_of(payout).count == 1


@pytest.mark.parametrize("deed", [hold, cancel])
def test_payout_in_a_batch_is_neither_held_nor_cancelled(deed):
    payout = cast.due_payout()
    cast.batch_of(payout)

    with pytest.raises(Refused):
        deed(payout, by=cast.person("finance"), reason="x")

    assert (state(), places()["payable"]) == ("due", "30000.00")


@pytest.mark.parametrize("deed", [hold, cancel, requeue])
def test_stopping_needs_a_reason_and_a_money_role(deed):
    payout = cast.due_payout()

    with pytest.raises(Refused):
        deed(payout, by=cast.person("finance"), reason=" ")
    for handle in ("applicant", "officer", "auditor", "superuser"):
        with pytest.raises(PermissionDenied):
            deed(payout, by=cast.person(handle), reason="x")

    assert state() == "due"


@pytest.mark.parametrize("stage", ["released", "paid"])
@pytest.mark.parametrize("deed", [hold, cancel, requeue])
def test_payout_that_left_is_not_stopped_any_more(gateway, deed, stage):
    (payout,) = released()
    if stage == "paid":
        send_prepared()
    before = state(), places()

    with pytest.raises(Refused):
        deed(payout, by=cast.person("finance"), reason="x")

    assert (state(), places()) == before
    assert differences() == []


def test_cancelled_payout_is_committed_to_the_award_again():
    payout = cast.due_payout()

    cancel(payout, by=cast.person("finance"), reason="重复申报")

    assert (state(), places()) == ("cancelled", {"committed": "100000.00", "payable": "0.00"})
    assert differences() == []
    awards.terminate(payout.award, by=cast.person("officer"), reason="x")
    assert places() == {"committed": "0.00", "payable": "0.00"}


def test_failed_payout_needs_a_verified_account_to_be_due_again(gateway):
    (payout,) = released()
    gateway.misbehave("refuse", sub_code="CARD_BIN_ERROR", count=1)
    send_prepared()
    suspend_payee(payout.payee, by=cast.person("controller"), reason="x")

    with pytest.raises(Refused):
        requeue(payout, by=cast.person("finance"), reason="x")
    assert state() == "failed"
    new = cast.verified_payee()
    requeue(payout, by=cast.person("finance"), reason="x")

    assert (state(), Payout.objects.get().payee, Payout.objects.get().batch) == ("due", new, None)
    assert differences() == []


@pytest.mark.parametrize(
    ("handle", "seen"),
    [("applicant", 1), ("stranger", 0), ("reviewer", 0), ("finance", 1), ("auditor", 1)],
)
def test_payouts_are_visible_to_the_grantee_and_the_desk(handle, seen):
    cast.due_payout()

    assert Payout.objects.visible_to(cast.person(handle)).count() == seen
