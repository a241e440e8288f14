"""Batches: prepared by one, approved by another, exactly as submitted, released once."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.accounts.services import grant_role
from grants.core.errors import Refused
from grants.ledger.models import LedgerAccount
from grants.milestones import services as milestones
from grants.payouts.models import Payee, PaymentAttempt, Payout, PayoutBatch
from grants.payouts.services import due, payees
from grants.payouts.services.approving import approve_batch, reject_batch
from grants.payouts.services.batches import (
    cancel_batch,
    prepare_batch,
    submit_batch,
    take_out,
)
from grants.payouts.services.releasing import release_batch
from grants.programs.models import Fund
from tests import cast
from tests.ledger.books import tamper
from tests.payouts.way import differences, places
from tests.together import together

pytestmark = pytest.mark.django_db


def batch() -> PayoutBatch:
    return PayoutBatch.objects.get()


def submitted() -> PayoutBatch:
    made = cast.batch_of(cast.due_payout())
    submit_batch(made, by=cast.person("finance"))
    return made


def approved() -> PayoutBatch:
    made = submitted()
    approve_batch(made, by=cast.person("controller"))
    return made


def second_payout() -> Payout:
    """The other milestone of the one award, due too."""
    milestone = Payout.objects.get().award.milestones.last()
    milestones.submit(milestone, by=cast.person(), report="x", files=[cast.pdf()])
    return due.accept_milestone(milestone, by=cast.person("officer"))[0]


def test_batch_goes_its_way():
    payout = cast.due_payout()

    made = prepare_batch([payout], by=cast.person("finance"))
    assert (made.state, made.count, str(made.total)) == ("open", 1, "30000.00")
    submit_batch(made, by=cast.person("finance"))
    assert (batch().state, len(batch().digest)) == ("submitted", 64)
    approve_batch(made, by=cast.person("controller"), digest=batch().digest)
    assert (batch().state, Payout.objects.get().state) == ("approved", "approved")
    assert places() == {"committed": "70000.00", "payable": "30000.00"}
    release_batch(made, by=cast.person("controller"))

    assert (batch().state, Payout.objects.get().state) == ("released", "sending")
    assert places() == {"committed": "70000.00", "payable": "0.00", "in_transit": "30000.00"}
    attempt = PaymentAttempt.objects.get()
    assert (attempt.number, attempt.state) == (f"{payout.reference}-1", "prepared")
    assert differences() == []


def test_batch_of_nothing_is_refused():
    with pytest.raises(Refused):
        prepare_batch([], by=cast.person("finance"))

    assert PayoutBatch.objects.count() == 0


def test_payout_that_is_in_a_batch_is_not_taken_into_another():
    payout = cast.due_payout()
    cast.batch_of(payout)
    other = second_payout()

    with pytest.raises(Refused):
        prepare_batch([payout, other], by=cast.person("finance"))

    assert PayoutBatch.objects.count() == 1
    assert Payout.objects.get(pk=other.pk).batch is None


@pytest.mark.django_db(transaction=True)
def test_payout_put_into_four_batches_at_once_is_in_one():
    payout, by = cast.due_payout(), cast.person("finance")

    made = together(*[lambda: prepare_batch([payout], by=by)] * 4)

    assert sorted(type(found).__name__ for found in made) == ["PayoutBatch"] + ["Refused"] * 3
    assert Payout.objects.get().batch == batch()


def test_own_batch_is_not_approved():
    finance = cast.person("finance")
    made = submitted()
    grant_role(finance, "controller", by=cast.person("administrator"))

    with pytest.raises(Refused):
        approve_batch(made, by=finance)

    assert (batch().state, Payout.objects.get().state) == ("submitted", "due")


@pytest.mark.parametrize("handle", ["officer", "approver", "auditor", "applicant", "superuser"])
def test_who_does_not_handle_money_does_nothing_with_a_batch(handle):
    made, person = submitted(), cast.person(handle)
    payout = Payout.objects.get()
    deeds = [
        lambda: prepare_batch([payout], by=person),
        lambda: submit_batch(made, by=person),
        lambda: approve_batch(made, by=person),
        lambda: reject_batch(made, by=person, reason="x"),
        lambda: release_batch(made, by=person),
        lambda: cancel_batch(made, by=person),
        lambda: take_out(payout, by=person, reason="x"),
    ]

    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()

    assert (batch().state, PayoutBatch.objects.visible_to(cast.person("officer")).count()) == (
        "submitted",
        0,
    )


def other_amount(made):
    tamper("UPDATE grants_payout SET gross = 1, net = 1")


def other_account(made):
    tamper("UPDATE grants_payee SET account_index = repeat('0', 64)")


def payee_suspended(made):
    payees.suspend_payee(Payee.objects.get(), by=cast.person("controller"), reason="x")


def payout_more(made):
    tamper("UPDATE grants_payout SET batch_id = %s WHERE id = %s", made.pk, second_payout().pk)


@pytest.mark.parametrize("change", [other_amount, other_account, payee_suspended, payout_more])
def test_batch_that_changed_after_it_was_submitted_is_not_approved(change):
    made = submitted()
    change(made)

    with pytest.raises(Refused):
        approve_batch(made, by=cast.person("controller"))

    assert (batch().state, batch().approved_by) == ("submitted", None)


def test_approval_of_another_digest_than_the_one_shown_is_refused():
    made = submitted()

    with pytest.raises(Refused):
        approve_batch(made, by=cast.person("controller"), digest="0" * 64)

    assert batch().state == "submitted"


def test_account_suspended_after_the_approval_stops_the_release():
    made = approved()
    payees.suspend_payee(Payee.objects.get(), by=cast.person("controller"), reason="被盗用")

    with pytest.raises(Refused):
        release_batch(made, by=cast.person("controller"))

    assert (batch().state, PaymentAttempt.objects.count()) == ("approved", 0)
    assert places()["payable"] == "30000.00"


@pytest.mark.parametrize("stage", [submitted, approved])
def test_rejected_batch_is_open_again_and_can_be_dissolved(stage):
    made = stage()

    with pytest.raises(Refused):
        reject_batch(made, by=cast.person("controller"), reason=" ")
    reject_batch(made, by=cast.person("controller"), reason="金额有误")

    assert (batch().state, batch().approved_by, batch().digest) == ("open", None, "")
    assert Payout.objects.get().state == "due"
    cancel_batch(made, by=cast.person("finance"))
    assert (batch().state, Payout.objects.get().batch) == ("cancelled", None)
    prepare_batch([Payout.objects.get()], by=cast.person("finance"))
    assert differences() == []


def test_payout_taken_out_of_an_open_batch_is_free_again():
    payout = cast.due_payout()
    made = cast.batch_of(payout, second_payout())
    payout.refresh_from_db()

    take_out(payout, by=cast.person("finance"), reason="重复")

    assert (batch().count, str(batch().total)) == (1, "70000.00")
    assert Payout.objects.get(pk=payout.pk).batch is None
    submit_batch(made, by=cast.person("finance"))
    other = Payout.objects.get(batch=made)
    with pytest.raises(Refused):
        take_out(other, by=cast.person("finance"), reason="x")
    with pytest.raises(Refused):
        take_out(payout, by=cast.person("finance"), reason="x")


def test_stale_copy_of_a_payout_is_not_taken_out_of_its_new_batch():
    payout = cast.due_payout()
    cast.batch_of(payout, second_payout())
    stale = Payout.objects.get(pk=payout.pk)
    take_out(Payout.objects.get(pk=payout.pk), by=cast.person("finance"), reason="x")
    new = prepare_batch([payout], by=cast.person("finance"))
    submit_batch(new, by=cast.person("finance"))

    with pytest.raises(Refused):
        take_out(stale, by=cast.person("finance"), reason="x")

    assert Payout.objects.get(pk=payout.pk).batch == new


def test_empty_batch_is_not_submitted():
    payout = cast.due_payout()
    made = cast.batch_of(payout)
    take_out(Payout.objects.get(), by=cast.person("finance"), reason="x")

    with pytest.raises(Refused):
        submit_batch(made, by=cast.person("finance"))

    assert batch().state == "open"


def test_payout_of_a_replaced_account_is_freed_to_the_new_one():
    made = approved()
    Fund.objects.update(cooling_off_days=0)
    new = cast.verified_payee()
    with pytest.raises(Refused):
        release_batch(made, by=cast.person("controller"))

    reject_batch(made, by=cast.person("controller"), reason="换了账户")
    cancel_batch(made, by=cast.person("finance"))

    assert Payout.objects.get().payee == new
    cast.released_batch(Payout.objects.get())
    assert Payout.objects.get().state == "sending"


@pytest.mark.django_db(transaction=True)
def test_batch_released_by_four_clicks_prepares_each_payment_once():
    made, controller = approved(), cast.person("controller")

    results = together(
        *[lambda: release_batch(PayoutBatch.objects.get(pk=made.pk), by=controller)] * 4
    )

    assert sorted(type(found).__name__ for found in results) == ["NoneType"] + ["Refused"] * 3
    assert PaymentAttempt.objects.count() == 1
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_batches_of_the_same_awards_released_at_once_never_deadlock():
    ways = {owner: cast.due_payout(owner, round=cast.open_round(owner)) for owner in ("a", "b")}
    late = {}
    for owner, payout in ways.items():
        milestone = payout.award.milestones.last()
        milestones.submit(milestone, by=cast.person(owner), report="x", files=[cast.pdf()])
        late[owner] = milestone
    seconds = [
        due.accept_milestone(late[owner], by=cast.person("officer"))[0] for owner in ("b", "a")
    ]
    made = [cast.batch_of(*ways.values()), cast.batch_of(*seconds)]
    for row in made:
        submit_batch(row, by=cast.person("finance"))
        approve_batch(row, by=cast.person("controller"))
    controller = cast.person("controller")

    results = together(*[lambda row=row: release_batch(row, by=controller) for row in made])

    assert results == [None, None]
    assert LedgerAccount.objects.filter(place="in_transit").count() == 2
    assert differences() == []
