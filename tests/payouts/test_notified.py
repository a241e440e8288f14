"""The rail tells of its payments: at the portal's own address, signed, often more than once."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from grants.events.models import Event
from grants.payouts.models import PaymentAttempt
from grants.payouts.rails import rail
from grants.payouts.rails.protocol import Answer, Outcome
from grants.payouts.services.booking import book
from grants.payouts.services.sending import order_of, send_prepared
from tests.payouts.notices import FORM, about, params, sha1_signed, signed
from tests.payouts.test_recovery import claimed_and_called
from tests.payouts.way import differences, places, released, standing
from tests.together import together

pytestmark = pytest.mark.django_db

ADDRESS = "/alipay/notify/"


def post(body: bytes, content_type: str = FORM) -> tuple[int, bytes]:
    # As from outside: no session, no CSRF token.
    response = Client(enforce_csrf_checks=True).post(ADDRESS, body, content_type=content_type)
    return response.status_code, response.content


def tell(gateway, fields: dict, **more) -> tuple[int, bytes]:
    return post(signed(params(fields, **more), gateway.private_key("gateway")))


def calls() -> list[tuple[str, str]]:
    (attempt,) = PaymentAttempt.objects.all()
    return [(call["call"], call["outcome"]) for call in attempt.exchange]


def say(outcome: Outcome, *, was_question: bool = False) -> None:
    """As if the rail had answered so."""
    words = {"code": "X", "message": "x", "request": {}, "response": {}}
    answer = Answer(outcome=outcome, at=datetime.now(UTC), **words)
    book(PaymentAttempt.objects.get(), answer, was_question=was_question)


@pytest.fixture
def unknown(gateway):
    """A payout that was called and of which nobody knows."""
    (payout,) = released()
    claimed_and_called()
    say(Outcome.UNKNOWN)
    assert standing() == [("unknown", "unknown")]
    return payout


@pytest.fixture
def paid(gateway):
    """A payout that was paid; the gateway has it."""
    (payout,) = released()
    send_prepared()
    assert standing() == [("paid", "succeeded")]
    return payout


SUCCESS = (200, b"success")
REFUSED = (400, b"failure")
LATER = (409, b"failure")


def test_paid_is_booked_and_kept_masked(gateway, unknown):
    assert tell(gateway, about(unknown, memo=unknown.payee.account_number)) == SUCCESS

    assert standing() == [("paid", "succeeded")]
    assert calls() == [("send", "unknown"), ("notify", "paid")]
    kept = PaymentAttempt.objects.get().exchange[-1]
    assert kept["notify_id"] == "N-1"
    assert kept["response"]["biz_content"]["memo"] == "***************0128"
    assert differences() == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("DEALING", ("sent", "accepted")),
        ("FAIL", ("failed", "rejected")),
        ("REFUND", ("failed", "rejected")),
    ],
)
def test_what_it_says_is_booked(gateway, unknown, status, state):
    assert tell(gateway, about(unknown, status)) == SUCCESS

    assert standing() == [state]
    assert differences() == []


def test_signed_by_the_other_rule_it_is_booked_too(gateway, unknown):
    body = signed(params(about(unknown)), gateway.private_key("gateway"), rule="V2")

    assert post(body) == SUCCESS
    assert PaymentAttempt.objects.get().exchange[-1]["response"]["rule"] == "V2"


def test_wrong_ones_are_refused_and_change_nothing(gateway, unknown, caplog):
    key = gateway.private_key("gateway")
    right = params(about(unknown))
    wrong = {
        "BAD_SIGNATURE": signed(right, gateway.private_key("portal")),
        "BAD_SIGNATURE ": sha1_signed(right, key),
        "OTHER_APP": signed(params(about(unknown), app_id="2021"), key),
        "OTHER_AMOUNT": signed(params(about(unknown, trans_amount="0.01")), key),
        "UNKNOWN_NUMBER": signed(params(about(unknown, out_biz_no="PAY-1")), key),
    }
    before = PaymentAttempt.objects.values().get()

    for code, body in wrong.items():
        assert post(body) == REFUSED
        assert code.strip() in caplog.messages[-2]

    assert PaymentAttempt.objects.values().get() == before
    assert standing() == [("unknown", "unknown")]


def test_the_number_of_a_bank_file_is_unknown_to_the_rail(gateway, unknown):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE grants_paymentattempt SET rail = 'bank_file'")

    assert tell(gateway, about(unknown)) == REFUSED


def test_the_same_one_again_is_known_and_changes_nothing(gateway, unknown):
    tell(gateway, about(unknown))
    before = PaymentAttempt.objects.values().get()

    assert tell(gateway, about(unknown)) == SUCCESS

    assert PaymentAttempt.objects.values().get() == before


def test_old_news_is_known_and_kept(gateway, paid):
    assert tell(gateway, about(paid), notify_id="N-1") == SUCCESS
    assert tell(gateway, about(paid, "DEALING"), notify_id="N-2") == SUCCESS

    assert standing() == [("paid", "succeeded")]
    assert calls() == [("send", "paid"), ("notify", "paid"), ("notify", "sent")]
    assert differences() == []


def test_news_before_the_answer_of_the_call_is_booked_once(gateway):
    (payout,) = released()
    attempt = claimed_and_called()
    answer = rail(attempt.rail).send(order_of(attempt))

    assert tell(gateway, about(payout)) == SUCCESS
    book(attempt, answer)

    assert standing() == [("paid", "succeeded")]
    assert calls() == [("notify", "paid")]
    assert differences() == []


@pytest.mark.parametrize("status", ["DEALING", "FAIL", "REFUND"])
def test_news_that_comes_during_the_call_waits_for_its_answer(gateway, status):
    (payout,) = released()
    claimed_and_called()

    assert tell(gateway, about(payout, status)) == LATER

    assert standing() == [("sending", "prepared")]
    assert calls() == []


def test_news_of_a_number_that_was_never_called_is_not_believed(gateway):
    (payout,) = released()

    assert tell(gateway, about(payout)) == LATER

    assert standing() == [("sending", "prepared")]


def test_failure_after_success_is_asked_about_and_not_believed(gateway, paid):
    assert tell(gateway, about(paid, "FAIL")) == SUCCESS

    assert standing() == [("paid", "succeeded")]
    assert calls() == [("send", "paid"), ("notify", "refused")]
    assert [call["code"] for call in gateway.book(out_biz_no=f"{paid.reference}-1")["calls"]] == [
        "SUCCESS",
        "SUCCESS",
    ]
    assert differences() == []


def test_contradiction_that_the_rail_confirms_is_an_event_for_people(gateway, paid, caplog):
    attempt = PaymentAttempt.objects.get()
    gateway.reset()
    gateway.misbehave("dealing", then="FAIL", seconds="0.01")
    rail(attempt.rail).send(order_of(attempt))
    gateway.wait_for_status(attempt.number, "FAIL")

    assert tell(gateway, about(paid, "FAIL")) == SUCCESS

    assert standing() == [("paid", "succeeded")]
    assert Event.objects.filter(kind="payout.contradict").count() == 1
    assert "the rail now says PAYEE_ACCOUNT_STATUS_ERROR" in caplog.text
    assert differences() == []


def test_success_after_a_refusal_is_asked_about(gateway, unknown):
    say(Outcome.REFUSED, was_question=True)
    assert standing() == [("failed", "rejected")]

    # The gateway has never seen the number: nothing confirms the notification.
    assert tell(gateway, about(unknown)) == LATER

    assert standing() == [("failed", "rejected")]
    assert Event.objects.filter(kind="payout.contradict").count() == 0
    assert differences() == []


def test_contradiction_is_told_again_while_the_rail_does_not_answer(gateway, paid):
    gateway.misbehave("http", on="query", count=1)

    assert tell(gateway, about(paid, "FAIL")) == LATER
    assert calls() == [("send", "paid")]
    assert tell(gateway, about(paid, "FAIL")) == SUCCESS


def test_one_that_says_nothing_clear_makes_the_portal_ask(gateway):
    (payout,) = released()
    gateway.misbehave("reset", when="after", count=1)
    send_prepared()

    assert tell(gateway, about(payout, trans_amount=None)) == SUCCESS

    assert standing() == [("paid", "succeeded")]
    assert calls() == [("send", "unknown"), ("ask", "paid"), ("notify", "unknown")]


def test_money_that_comes_back_after_it_was_paid_is_payable_again(gateway, paid):
    assert tell(gateway, about(paid, "REFUND")) == SUCCESS
    assert tell(gateway, about(paid, "REFUND")) == SUCCESS
    assert tell(gateway, about(paid), notify_id="N-0") == SUCCESS

    assert standing() == [("returned", "returned")]
    assert (places()["payable"], places()["paid"]) == (str(paid.gross), "0.00")
    assert differences() == []


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_not_allowed(client, method):
    assert getattr(client, method)(ADDRESS).status_code == 405


def test_what_is_no_form_or_too_long_is_refused(gateway, unknown):
    body = signed(params(about(unknown)), gateway.private_key("gateway"))

    assert post(body, "application/json") == (415, b"failure")
    assert post(body, "multipart/form-data; boundary=x") == (415, b"failure")
    assert post(body + b"&x=" + b"x" * 65_536) == (413, b"failure")
    assert standing() == [("unknown", "unknown")]


def test_flood_of_wrong_ones_is_turned_away_and_the_right_one_is_taken(gateway, unknown, caplog):
    answers = [post(b"x=1")[0] for _ in range(62)]

    assert answers == [400] * 60 + [429] * 2
    assert len([text for text in caplog.messages if "BAD_SIGNATURE" in text]) == 60
    assert tell(gateway, about(unknown)) == SUCCESS


def test_a_key_that_cannot_be_read_makes_it_wait(gateway, unknown, settings):
    body = signed(params(about(unknown)), gateway.private_key("gateway"))
    settings.ALIPAY_PUBLIC_KEY_FILE = "/nowhere.pem"

    assert post(body) == LATER


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_are_booked_once(gateway, unknown):
    deeds = [lambda n=n: tell(gateway, about(unknown), notify_id=f"N-{n % 2}") for n in range(10)]

    assert together(*deeds) == [SUCCESS] * 10

    assert standing() == [("paid", "succeeded")]
    assert calls() == [("send", "unknown"), ("notify", "paid"), ("notify", "paid")]
    assert differences() == []
