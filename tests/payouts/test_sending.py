"""The worker against a real gateway over HTTP: each payout is paid once, whatever happens."""

import pytest

from grants.events.models import Event
from grants.payouts.models import Payee, PaymentAttempt, Payout, PayoutBatch
from grants.payouts.services.due import requeue
from grants.payouts.services.sending import ask_now, ask_open, send_prepared
from tests import cast
from tests.payouts.way import ask, differences, places, released, standing

pytestmark = pytest.mark.django_db


def transfers(gateway) -> list[tuple[str, str, str]]:
    rows = gateway.book()["transfers"]
    return sorted((row["out_biz_no"], row["amount"], row["status"]) for row in rows)


def paid_once(gateway, payout: Payout, *, tries: int = 1) -> bool:
    return transfers(gateway) == [(f"{payout.reference}-{tries}", str(payout.net), "SUCCESS")]


def test_payout_is_paid(gateway):
    (payout,) = released()
    assert (standing(), places()) == (
        [("sending", "prepared")],
        {"committed": "70000.00", "payable": "0.00", "in_transit": "30000.00"},
    )

    assert (send_prepared(), send_prepared()) == (1, 0)

    assert standing() == [("paid", "succeeded")]
    assert places() == {
        "committed": "70000.00",
        "payable": "0.00",
        "in_transit": "0.00",
        "paid": "30000.00",
    }
    assert PayoutBatch.objects.get().state == "finished"
    attempt = PaymentAttempt.objects.get()
    assert (attempt.number, bool(attempt.rail_reference)) == (f"{payout.reference}-1", True)
    assert paid_once(gateway, payout)
    assert differences() == []


def test_account_number_stays_out_of_events_and_archive(gateway):
    (payout,) = released()
    send_prepared()

    number = payout.payee.account_number
    stored = str(list(PaymentAttempt.objects.values())) + str(list(Event.objects.values()))
    assert number not in stored
    assert number not in str(list(Payee.objects.values()))


def test_refused_payout_fails_and_its_money_is_payable_again(gateway):
    released()
    gateway.misbehave("refuse", sub_code="PAYEE_CARD_INFO_ERROR", count=1)

    send_prepared()

    assert standing() == [("failed", "rejected")]
    assert (places()["payable"], places()["in_transit"]) == ("30000.00", "0.00")
    assert Payout.objects.get().reason.startswith("PAYEE_CARD_INFO_ERROR")
    assert transfers(gateway) == []
    assert differences() == []


def test_failed_payout_is_approved_anew_and_paid_under_a_new_number(gateway):
    (payout,) = released()
    gateway.misbehave("refuse", sub_code="PAYEE_CARD_INFO_ERROR", count=1)
    send_prepared()
    payout.refresh_from_db()

    requeue(payout, by=cast.person("finance"), reason="卡号已更正")
    payout.refresh_from_db()
    assert (payout.state, payout.batch) == ("due", None)
    cast.released_batch(payout)
    send_prepared()

    assert standing() == [("paid", "succeeded")]
    assert paid_once(gateway, payout, tries=2)
    assert differences() == []


def test_payout_that_is_under_way_is_sent_and_then_paid(gateway):
    (payout,) = released()
    gateway.misbehave("dealing", seconds="0.2", count=1)

    send_prepared()
    assert standing() == [("sent", "accepted")]
    gateway.wait_for_status(f"{payout.reference}-1", "SUCCESS")
    assert ask() == 1

    assert standing() == [("paid", "succeeded")]
    assert paid_once(gateway, payout)
    assert differences() == []


def test_payout_that_is_under_way_and_then_refused_fails(gateway):
    (payout,) = released()
    gateway.misbehave("dealing", seconds="0.1", then="FAIL", count=1)

    send_prepared()
    gateway.wait_for_status(f"{payout.reference}-1", "FAIL")
    ask()

    assert standing() == [("failed", "rejected")]
    assert places()["payable"] == "30000.00"
    assert differences() == []


UNCLEAR = [
    {"kind": "timeout", "seconds": "3"},
    {"kind": "reset"},
    {"kind": "http", "status": 502},
    {"kind": "garbage"},
    {"kind": "truncated"},
    {"kind": "bad_signature"},
    {"kind": "sha1_signature"},
    {"kind": "unsigned"},
    {"kind": "refuse", "sub_code": "SYSTEM_ERROR", "when": "after"},
]


@pytest.mark.parametrize("fault", UNCLEAR, ids=lambda fault: fault["kind"])
def test_unclear_answer_after_paying_is_asked_about_and_never_paid_twice(gateway, settings, fault):
    (payout,) = released()
    settings.ALIPAY_TIMEOUT_S = 1.0 if fault["kind"] == "timeout" else 10.0
    gateway.misbehave(**fault, count=1)

    send_prepared()
    assert standing() == [("unknown", "unknown")]
    assert places()["in_transit"] == "30000.00"
    assert differences() == []
    settings.ALIPAY_TIMEOUT_S = 10.0
    assert (send_prepared(), ask()) == (0, 1)

    assert standing() == [("paid", "succeeded")]
    assert paid_once(gateway, payout)
    assert differences() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout", "seconds": "3"},
        {"kind": "reset"},
        {"kind": "http", "status": 503},
        {"kind": "garbage"},
        {"kind": "refuse", "sub_code": "PAYER_BALANCE_NOT_ENOUGH"},
        {"kind": "refuse", "sub_code": "INVALID_PARAMETER"},
        {"kind": "refuse", "sub_code": "A_NEW_CODE"},
    ],
    ids=lambda fault: fault.get("sub_code") or fault["kind"],
)
def test_unclear_answer_before_paying_is_sent_again_under_the_same_number(gateway, settings, fault):
    (payout,) = released()
    settings.ALIPAY_TIMEOUT_S = 1.0 if fault["kind"] == "timeout" else 10.0
    gateway.misbehave(**({"when": "before"} | fault), count=1)

    send_prepared()
    assert standing() == [("unknown", "unknown")]
    settings.ALIPAY_TIMEOUT_S = 10.0
    ask()
    assert standing() == [("sending", "prepared")]
    assert send_prepared() == 1

    assert standing() == [("paid", "succeeded")]
    assert PaymentAttempt.objects.count() == 1
    assert paid_once(gateway, payout)
    assert differences() == []


def test_an_empty_answer_is_no_answer_before_the_time_of_the_rail(gateway, settings):
    released()
    gateway.misbehave("reset", when="before", count=1)
    settings.RAIL_NOT_FOUND_IS_FINAL_S = 60.0
    send_prepared()

    assert [ask(), ask(), ask()] == [1, 1, 1]
    assert standing() == [("unknown", "unknown")]
    assert (send_prepared(), PaymentAttempt.objects.get().asked) == (0, 3)

    settings.RAIL_NOT_FOUND_IS_FINAL_S = 0.0
    ask()
    assert standing() == [("sending", "prepared")]


def test_a_question_without_a_clear_answer_is_asked_again(gateway):
    (payout,) = released()
    gateway.misbehave("reset", when="after", count=1)
    send_prepared()
    gateway.misbehave("http", on="query", count=2)

    assert [ask(), ask()] == [1, 1]
    assert standing() == [("unknown", "unknown")]
    ask()

    assert standing() == [("paid", "succeeded")]
    assert paid_once(gateway, payout)


def test_open_question_waits_for_its_time_unless_somebody_asks_now(gateway):
    (payout,) = released()
    gateway.misbehave("reset", when="after", count=1)
    send_prepared()

    assert ask_open() == 0
    assert ask_now(payout, by=cast.person("finance"))
    assert ask_open() == 1

    assert standing() == [("paid", "succeeded")]
    assert not ask_now(payout, by=cast.person("finance"))
