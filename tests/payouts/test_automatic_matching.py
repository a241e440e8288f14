"""Lines that are matched by themselves: by number, by details, in whichever order they come."""

import pytest
from django.utils import translation

from grants.payouts.models import (
    PaymentAttempt,
    Payout,
    Reconciliation,
    StatementLine,
)
from grants.payouts.services import matching
from grants.payouts.services.releasing import release_batch
from grants.payouts.services.sending import send_prepared
from tests import cast
from tests.payouts.banking import (
    approved_for_bank,
    credit,
    debit,
    due,
    know_the_days,
    sent,
    upload,
    uploaded,
    yesterday,
)
from tests.payouts.rails.bank import files
from tests.payouts.way import differences, places, standing

pytestmark = pytest.mark.django_db
CARD = "6222021234567890128"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def lines() -> list[tuple]:
    return list(StatementLine.objects.order_by("pk").values_list("says", "state"))


def matches() -> list[tuple]:
    found = Reconciliation.objects.order_by("pk")
    return list(found.values_list("attempt__number", "how", "confidence", "is_settling"))


def test_report_of_the_bank_settles_before_the_statement_confirms():
    ann, bob = sent("ann", "bob")

    upload(
        files.pain002(
            files.status(ann.number, "ACSC"),
            files.status(bob.number, "RJCT", reason="AC04", told="账户已销户"),
        )
    )
    assert standing() == [("paid", "succeeded"), ("failed", "rejected")]
    uploaded(debit(ann))

    assert [row[3] for row in matches()] == [True, True, False]
    bob.refresh_from_db()
    assert (bob.code, bob.message) == ("AC04", "账户已销户")
    assert places() == {
        "committed": "140000.00",
        "payable": "30000.00",
        "in_transit": "0.00",
        "paid": "30000.00",
    }
    assert differences() == []


def test_report_of_a_whole_batch_is_a_line_for_each_payment():
    ann, bob = sent("ann", "bob")

    upload(files.pain002(group="RJCT", batch=ann.batch.reference))

    assert standing() == [("failed", "rejected")] * 2
    assert [row[0] for row in matches()] == [ann.number, bob.number]
    assert differences() == []


def test_payment_that_is_not_settled_yet_is_matched_and_moves_nothing():
    (attempt,) = sent()

    upload(files.pain002(files.status(attempt.number, "ACSP")))

    assert (lines(), standing()) == ([("pending", "matched")], [("sent", "accepted")])
    assert Payout.objects.get().matched_at is None


def test_line_before_the_worker_took_note_settles_the_payment_too():
    know_the_days()
    release_batch(approved_for_bank(*due()), by=cast.person("controller"))

    uploaded(debit(PaymentAttempt.objects.get()))

    assert (standing(), send_prepared()) == ([("paid", "succeeded")], 0)
    assert differences() == []


@pytest.mark.parametrize(
    ("amount", "number"), [("-29999.99", None), ("-30000.00", "PAY-2026-999999-1")]
)
def test_line_that_does_not_fit_stays_open(amount, number):
    (attempt,) = sent()

    uploaded(files.entry(amount, number or attempt.number, day=str(yesterday())))

    assert (lines(), standing()) == ([("paid", "open")], [("sent", "accepted")])
    assert differences() == []


def test_second_debit_for_one_payment_stays_open():
    (attempt,) = sent()

    uploaded(debit(attempt), debit(attempt, reference="B-again"))

    assert lines() == [("paid", "matched"), ("paid", "open")]
    assert places()["paid"] == "30000.00"


@pytest.mark.parametrize(
    ("told", "confidence"),
    [
        ({"account": CARD, "name": "Applicant"}, 90),
        ({"account": CARD, "name": "APPLICANT "}, 90),
        ({"account": CARD}, 80),
        ({"account": "622202******0128", "name": "Applicant"}, 70),
    ],
)
def test_line_without_number_is_matched_by_its_details(told, confidence):
    (attempt,) = sent()

    uploaded(debit(attempt, number="NOTPROVIDED", **told))

    assert matches() == [(attempt.number, "details", confidence, True)]
    assert standing() == [("paid", "succeeded")]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"name": "Applicant"},
        {"account": "622202******0128"},
        {"account": "622202******0129", "name": "Applicant"},
        {"account": "6222021234567890129", "name": "Applicant"},
        {"account": CARD, "name": "Applicant", "day": "2020-01-01"},
    ],
)
def test_line_of_which_nobody_can_be_sure_stays_open(told):
    (attempt,) = sent()

    uploaded(debit(attempt, number="NOTPROVIDED", **told))

    assert (lines(), matches()) == ([("paid", "open")], [])


def test_line_that_two_payments_fit_stays_open():
    ann, _bob = sent("ann", "bob")

    uploaded(debit(ann, number="NOTPROVIDED", account=CARD))

    assert (lines(), matches()) == ([("paid", "open")], [])


def test_money_that_comes_back_is_a_return_when_it_names_the_payment():
    (attempt,) = sent()
    uploaded(debit(attempt))

    uploaded(credit(attempt, is_reversal=False))

    assert standing() == [("returned", "returned")]
    assert places()["payable"] == "30000.00"
    assert differences() == []


def test_upload_that_was_cut_short_goes_on(monkeypatch):
    ann, bob = sent("ann", "bob")
    monkeypatch.setattr(matching.match_open, "__kwdefaults__", {"longest_s": -1.0})
    uploaded(debit(ann), debit(bob, number="NOTPROVIDED"), files.entry("-1.00", bob.number))
    assert lines() == [("paid", "open")] * 3
    monkeypatch.undo()

    assert (matching.match_waiting(), matching.match_waiting()) == (1, 0)

    assert standing() == [("paid", "succeeded"), ("sent", "accepted")]
    assert lines() == [("paid", "matched"), ("paid", "open"), ("paid", "open")]


def test_payment_and_its_return_in_one_statement():
    (attempt,) = sent()

    uploaded(credit(attempt), debit(attempt))

    assert standing() == [("returned", "returned")]
    assert [row[3] for row in matches()] == [True, True]
    assert differences() == []
