"""Statements: each line once, matched where it is clear, kept on a work-list where it is not."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from grants.core.crypto import blind_index
from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import (
    BankStatement,
    PaymentAttempt,
    Payout,
    PayoutBatch,
    Reconciliation,
    StatementLine,
)
from grants.payouts.services.statements import set_aside, take_up
from tests import cast
from tests.payouts.banking import (
    debit,
    only_line,
    sent,
    statement,
    upload,
    uploaded,
    yesterday,
)
from tests.payouts.rails.bank import files
from tests.payouts.way import differences, places, standing
from tests.together import together

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


def unmatched_payouts() -> list[str]:
    return list(Payout.objects.filter(matched_at=None).values_list("reference", flat=True))


def test_payment_is_paid_by_the_line_with_its_number():
    (attempt,) = sent()

    done = uploaded(debit(attempt, name="Applicant", account=CARD))

    assert (done.was_known, done.matched) == (False, 1)
    assert standing() == [("paid", "succeeded")]
    assert (lines(), unmatched_payouts()) == ([("paid", "matched")], [])
    assert matches() == [(attempt.number, "number", 100, True)]
    attempt.refresh_from_db()
    assert attempt.rail_reference == f"B{attempt.pk}"
    assert PayoutBatch.objects.get().state == "finished"
    assert places()["paid"] == "30000.00"
    assert differences() == []


def test_statement_keeps_what_the_bank_says_but_no_account():
    (attempt,) = sent()

    done = uploaded(
        debit(attempt, name="Applicant", account=CARD, remark=f"to {CARD}"),
        files.entry("12.00", day=str(yesterday())),
        opening="1000000.00",
        closing="970012.00",
    )

    made, first = done.statement, StatementLine.objects.order_by("pk").first()
    assert (made.kind, made.name, made.account_tail) == ("camt053", "statement.xml", "•••• 4321")
    assert (made.count, made.repeated) == (2, 0)
    assert [str(made.opening), str(made.closing)] == ["1000000.00", "970012.00"]
    assert [str(made.money_in), str(made.money_out)] == ["12.00", "30000.00"]
    assert (first.account_tail, first.remark) == ("•••• 0128", "to •••• 0128")
    assert first.account_index == blind_index(CARD, column="payee.account")
    stored = str(list(StatementLine.objects.values())) + str(list(Event.objects.values()))
    assert CARD not in stored + str(list(BankStatement.objects.values()))
    assert files.OWN_ACCOUNT not in stored + str(list(PaymentAttempt.objects.values()))


def test_same_file_twice_is_one_statement():
    (attempt,) = sent()
    raw = statement(debit(attempt))

    first, again = upload(raw), upload(raw, name="other.xml")

    assert (again.statement, again.was_known) == (first.statement, True)
    assert (BankStatement.objects.count(), len(lines()), len(matches())) == (1, 1, 1)
    assert Event.objects.filter(kind="bankstatement.upload").count() == 1


def test_line_of_two_statements_is_one_line():
    ann, bob = sent("ann", "bob")
    fee = files.entry("-5.00", remark="手续费", day=str(yesterday()))
    uploaded(debit(ann), fee, fee)

    second = uploaded(fee, fee, fee, debit(ann), debit(bob)).statement

    assert (second.count, second.repeated) == (5, 3)
    assert len(lines()) == 5
    assert standing() == [("paid", "succeeded")] * 2


@pytest.mark.django_db(transaction=True)
def test_file_uploaded_twice_at_once_is_one_statement():
    (attempt,) = sent()
    raw = statement(debit(attempt), files.entry("-5.00"))

    done = together(*[lambda: upload(raw)] * 4)

    assert sorted(found.was_known for found in done) == [False, True, True, True]
    assert (BankStatement.objects.count(), StatementLine.objects.count()) == (1, 2)
    assert (len(matches()), differences()) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_statements_that_overlap_uploaded_at_once_write_each_line_once():
    ann, bob, eve = sent("ann", "bob", "eve")
    raws = [statement(debit(ann), debit(bob)), statement(debit(bob), debit(eve))]

    together(*[lambda raw=raw: upload(raw) for raw in raws])

    assert BankStatement.objects.count() == 2
    assert (StatementLine.objects.count(), len(matches())) == (3, 3)
    assert standing() == [("paid", "succeeded")] * 3
    assert differences() == []


def test_line_is_set_aside_with_a_reason_and_taken_up_again():
    sent()
    uploaded(files.entry("-5.00", remark="手续费"))
    finance = cast.person("finance")

    with pytest.raises(Refused):
        set_aside(only_line(), by=finance, reason=" ")
    assert only_line().state == "open"
    set_aside(only_line(), by=finance, reason="bank fee")
    assert (only_line().state, only_line().reason) == ("set_aside", "bank fee")
    take_up(only_line(), by=finance)

    assert (only_line().state, only_line().reason) == ("open", "")


def refusal(raw: bytes) -> str:
    with pytest.raises(Refused) as refused:
        upload(raw)
    assert (BankStatement.objects.count(), StatementLine.objects.count()) == (0, 0)
    return str(refused.value)


def test_statement_of_another_account_is_refused():
    sentence = "This is a statement of account •••• 9999, not of ours (•••• 4321)."

    assert refusal(statement(files.entry("-1.00"), account="99999999")) == sentence
    assert refusal(statement(files.entry("-1.00"), account="6222****9999")) == sentence


def test_report_about_others_is_refused():
    assert refusal(files.pain002(group="RJCT")) == (
        "This report is about BAT-2026-000001, which is no batch of ours."
    )
    assert refusal(files.pain002(files.status("X-1", "ACSC"))) == (
        "The report names payment X-1, which is not ours, without amount."
    )


def test_statement_that_is_too_large_is_refused(settings):
    settings.STATEMENT_MAX_BYTES = 10

    assert refusal(b"x" * 11) == "This file is too large for a statement."


@pytest.mark.parametrize(
    "who", ["controller", "auditor", "officer", "approver", "applicant", "superuser"]
)
def test_only_finance_takes_statements_in(who):
    (attempt,) = sent()
    with pytest.raises(PermissionDenied):
        upload(statement(debit(attempt)), by=who)
    assert (BankStatement.objects.count(), standing()) == (0, [("sent", "accepted")])
    uploaded(files.entry("-5.00"))

    for deed in (
        lambda: set_aside(only_line(), by=cast.person(who), reason="x"),
        lambda: take_up(only_line(), by=cast.person(who)),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert only_line().state == "open"
