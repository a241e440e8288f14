"""Payouts that are due: held, freed, given up; and what raw SQL may not do to them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from grants.awards import services as awards
from grants.core.errors import Refused
from grants.milestones.models import Milestone
from grants.milestones.services import submit
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
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
from tests.ledger.books import tamper
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


RAW = [
    ("grants_payoutbatch", "approved_by_id = prepared_by_id"),
    ("grants_payoutbatch", "approved_by_id = NULL"),
    ("grants_payoutbatch", "state = 'blessed'"),
    ("grants_payout", "net = gross + 1"),
    ("grants_payout", "gross = 0, net = 0"),
    ("grants_payout", "gross = -1, net = -1"),
    ("grants_payout", "withheld = -1, net = gross + 1"),
    ("grants_payout", "state = 'blessed'"),
    ("grants_paymentattempt", "state = 'blessed'"),
]


@pytest.mark.parametrize(("table", "change"), RAW)
def test_raw_sql_against_the_rules_is_refused(table, change):
    released()
    models = (PayoutBatch, Payout, PaymentAttempt)
    before = [list(model.objects.values()) for model in models]

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")

    assert [list(model.objects.values()) for model in models] == before


def another_attempt(state: str) -> None:
    attempt = PaymentAttempt.objects.get()
    attempt.pk, attempt.number, attempt.state = None, f"{attempt.number}x", state
    attempt.save(force_insert=True)


@pytest.mark.parametrize("live", ["prepared", "accepted", "unknown"])
def test_second_live_attempt_is_refused(live):
    released()

    with pytest.raises(IntegrityError), transaction.atomic():
        another_attempt(live)

    assert PaymentAttempt.objects.count() == 1


def test_second_success_and_a_second_payment_number_are_refused(gateway):
    (payout,) = released()
    send_prepared()

    with pytest.raises(IntegrityError), transaction.atomic():
        another_attempt("succeeded")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO grants_payout (reference, milestone_id, payee_id, gross, withheld,"
            " net, state, reason, due_at) SELECT 'PAY-X', milestone_id, payee_id, gross, withheld,"
            " net, 'due', '', now() FROM grants_payout"
        )

    assert (PaymentAttempt.objects.count(), Payout.objects.get()) == (1, payout)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE grants_payout SET state = 'paid'",
            [
                "award {award}: payable holds 30000.00, payouts say 0.00",
                "award {award}: paid holds 0.00, payouts say 30000.00",
                "payout {payout}: paid without an attempt that succeeded",
            ],
        ),
        (
            "UPDATE grants_payout SET state = 'sending'",
            ["award {award}: payable holds 30000.00, payouts say 0.00"],
        ),
        (
            "UPDATE grants_payout SET gross = 1, net = 1",
            ["award {award}: payable holds 30000.00, payouts say 1.00"],
        ),
        (
            "UPDATE grants_milestone SET award_id = award_id; DELETE FROM grants_payout",
            ["award {award}: payable holds 30000.00, payouts say 0.00"],
        ),
    ],
    ids=["paid", "sending", "smaller", "gone"],
)
def test_check_books_names_a_payout_that_raw_sql_changed(statement, named):
    payout = cast.due_payout()
    names = {"award": payout.award.reference, "payout": payout.reference}
    assert differences() == []

    tamper(statement)

    assert differences() == [text.format(**names) for text in named]


def test_check_books_names_an_attempt_that_says_otherwise(gateway):
    (payout,) = released()
    tamper("UPDATE grants_paymentattempt SET state = 'succeeded'")

    assert differences() == [f"payout {payout}: sending, but an attempt succeeded"]


def test_check_books_names_a_batch_that_lost_a_payout():
    (payout,) = released()
    batch = payout.batch or PayoutBatch.objects.get()

    tamper("UPDATE grants_payout SET batch_id = NULL")

    assert differences() == [f"batch {batch}: in transit 30000.00, payouts say 0.00"]


@pytest.mark.parametrize(
    ("handle", "seen"),
    [("applicant", 1), ("stranger", 0), ("reviewer", 0), ("finance", 1), ("auditor", 1)],
)
def test_payouts_are_visible_to_the_grantee_and_the_desk(handle, seen):
    cast.due_payout()

    assert Payout.objects.visible_to(cast.person(handle)).count() == seen
