"""Batches by bank file: sent without a call, the same file every time, every taking an event."""

import csv
import hashlib
import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import BankDay, BatchFile, FileFormat, PaymentAttempt, PayoutBatch
from grants.payouts.services import batches, payees
from grants.payouts.services.bank_files import file_of
from grants.payouts.services.releasing import release_batch
from grants.payouts.services.sending import ask_now, ask_open, send_prepared
from tests import cast
from tests.ledger.books import tamper
from tests.payouts.banking import approved_for_bank, by_file, due, know_the_days, sent, upload
from tests.payouts.rails.bank.files import pain002
from tests.payouts.way import differences, later, places, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def taken(batch, file_format="pain001", by="finance"):
    return file_of(batch, file_format, by=cast.person(by))


def events() -> list[tuple]:
    kinds = ("payoutbatch.file", "payoutbatch.take_file")
    found = Event.objects.filter(kind__in=kinds).order_by("pk")
    return [(event.kind, event.actor.name, event.data["format"]) for event in found]


def test_batch_by_file_is_sent_without_a_call_and_never_asked_about():
    (attempt,) = sent()

    later_asked = PaymentAttempt.objects.get()
    assert standing() == [("sent", "accepted")]
    assert (later_asked.next_ask_at, later_asked.lease_until) == (None, None)
    assert (ask_open(), send_prepared()) == (0, 0)
    assert ask_now(attempt.payout, by=cast.person("finance")) is False
    assert places()["in_transit"] == "30000.00"
    assert differences() == []


def test_attempt_whose_worker_died_is_sent_again_by_the_question():
    know_the_days()
    release_batch(approved_for_bank(*due()), by=cast.person("controller"))
    attempt = PaymentAttempt.objects.get()
    tamper("UPDATE grants_paymentattempt SET state = 'unknown', called_at = now()")
    tamper("UPDATE grants_payout SET state = 'unknown'")

    later()
    ask_open()

    attempt.refresh_from_db()
    assert (standing(), attempt.next_ask_at) == ([("sent", "accepted")], None)


def test_batch_is_to_be_sent_on_the_next_bank_day():
    know_the_days()
    today = timezone.localdate()
    for number in range(3):
        day = today + timedelta(days=number)
        BankDay.objects.update_or_create(day=day, defaults={"is_working": number == 2})

    batch = by_file(*due())

    assert batch.send_on == today + timedelta(days=2)


def test_batch_of_another_rail_has_no_send_day():
    batch = cast.released_batch(cast.due_payout())

    assert PayoutBatch.objects.get(pk=batch.pk).send_on is None
    with pytest.raises(Refused) as refused:
        taken(batch)
    assert str(refused.value) == "This batch does not go by a bank file."


def test_release_in_a_year_that_nobody_knows_is_refused(monkeypatch):
    batch = approved_for_bank(*due())
    far = date(2099, 1, 1)
    monkeypatch.setattr("grants.payouts.services.releasing.timezone.localdate", lambda now: far)

    with pytest.raises(Refused):
        release_batch(batch, by=cast.person("controller"))

    assert PayoutBatch.objects.get().state == "approved"


@pytest.mark.parametrize("file_format", FileFormat.values)
def test_file_is_the_same_every_time_and_each_taking_is_an_event(file_format):
    batch = by_file(*due("ann", "bob"))

    first = taken(batch, file_format)
    again = taken(batch, file_format, by="controller")

    assert first == again
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()
    row = BatchFile.objects.get()
    assert (row.format, row.sha256, row.size) == (file_format, first.sha256, len(first.content))
    assert events() == [
        ("payoutbatch.file", "finance", file_format),
        ("payoutbatch.take_file", "controller", file_format),
    ]
    number = batch.payouts.first().payee.account_number
    assert number not in str(list(Event.objects.values()))


def test_sheet_names_each_payment_by_its_number():
    batch = by_file(*due("ann", "bob"))

    text = taken(batch, "csv").content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[1:4] for row in rows] == [
        ["6222021234567890128", "Ann", "30000.00"],
        ["6222021234567890128", "Bob", "30000.00"],
    ]
    assert [row[6].split()[0] for row in rows] == [
        attempt.number for attempt in batch.attempts.order_by("pk")
    ]


def test_file_that_would_differ_is_not_given_out(settings):
    batch = by_file(*due())
    taken(batch)
    settings.BANK_DEBTOR_NAME = "另一家基金会"

    with pytest.raises(Refused):
        taken(batch)

    assert (BatchFile.objects.count(), len(events())) == (1, 1)


def test_no_further_format_is_made_once_the_bank_answered():
    batch = by_file(*due())
    first = taken(batch)
    upload(pain002(group="ACSC", batch=batch.reference))

    with pytest.raises(Refused) as refused:
        taken(batch, "xlsx")

    assert str(refused.value).startswith("The bank has answered about this batch already")
    assert taken(batch) == first
    assert BatchFile.objects.count() == 1


def test_file_of_a_batch_that_was_not_released_is_refused():
    know_the_days()
    batch = approved_for_bank(*due())

    with pytest.raises(Refused) as refused:
        taken(batch)

    assert str(refused.value).startswith("This batch was not released yet")
    assert (BatchFile.objects.count(), events()) == (0, [])


def test_file_is_not_made_before_the_payments_are_handed_over():
    know_the_days()
    batch = approved_for_bank(*due())
    release_batch(batch, by=cast.person("controller"))

    with pytest.raises(Refused) as refused:
        taken(batch)

    assert str(refused.value).startswith("The payments are being handed over just now.")
    assert events() == []


def test_payment_that_was_withdrawn_is_not_in_the_file():
    know_the_days()
    ann, bob = due("ann", "bob")
    batch = approved_for_bank(ann, bob)
    release_batch(batch, by=cast.person("controller"))
    payees.suspend_payee(ann.payee, by=cast.person("controller"), reason="stolen")
    send_prepared()

    text = taken(batch, "csv").content.decode("utf-8-sig")

    assert [row[2] for row in csv.reader(io.StringIO(text))][1:] == ["Bob"]


def test_file_without_an_own_account_is_refused(settings):
    batch = by_file(*due())
    settings.BANK_DEBTOR_ACCOUNT = ""

    with pytest.raises(Refused):
        taken(batch)

    assert events() == []


@pytest.mark.parametrize("who", ["auditor", "officer", "approver", "applicant", "superuser"])
def test_who_may_not_see_accounts_takes_no_file(who):
    batch = by_file(*due())

    with pytest.raises(PermissionDenied):
        taken(batch, by=who)

    assert events() == []


def test_batch_to_an_alipay_account_does_not_go_by_file():
    payout = cast.due_payout()
    tamper("UPDATE grants_payee SET kind = 'alipay'")

    with pytest.raises(Refused) as refused:
        batches.prepare_batch([payout], by=cast.person("finance"), rail="bank_file")

    assert str(refused.value) == (
        f"A bank file cannot pay to an Alipay account: {payout.reference}. Leave these out."
    )
    assert PayoutBatch.objects.count() == 0


@pytest.mark.parametrize("rail", ["alipay", "cash", "BANK_FILE"])
def test_way_that_is_not_open_is_refused(rail):
    payout = cast.due_payout()

    with pytest.raises(Refused):
        batches.prepare_batch([payout], by=cast.person("finance"), rail=rail)

    assert PayoutBatch.objects.count() == 0
