"""The rail against the sandbox, over real HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from grants.payouts.rails.protocol import Outcome
from tests.payouts.rails.orders import ACCOUNT, HOLDER, order

PAID, SENT, REFUSED, UNKNOWN = Outcome.PAID, Outcome.SENT, Outcome.REFUSED, Outcome.UNKNOWN
NOT_FOUND, RETURNED, STOP = Outcome.NOT_FOUND, Outcome.RETURNED, Outcome.STOP


def brief(answer):
    return answer.outcome, answer.code


@pytest.mark.parametrize(
    ("given", "booked"),
    [
        ({}, ("TRANS_BANKCARD_NO_PWD", "BANKCARD_NO")),
        ({"holder_is_company": True}, ("TRANS_BANKCARD_NO_PWD", "BANKCARD_NO")),
        (
            {"payee_kind": "alipay", "account": "2088123412341234"},
            ("TRANS_ACCOUNT_NO_PWD", "ALIPAY_USER_ID"),
        ),
        (
            {"payee_kind": "alipay", "account": "lina@demo.example"},
            ("TRANS_ACCOUNT_NO_PWD", "ALIPAY_LOGON_ID"),
        ),
    ],
)
def test_send_pays_once_the_right_payee(sandbox, given, booked):
    sent = order(**given)
    answer = sandbox.rail().send(sent)
    [transfer] = sandbox.book()["transfers"]
    assert brief(answer) == (PAID, "SUCCESS")
    assert answer.rail_reference == transfer["order_id"]
    assert (transfer["product_code"], transfer["identity_type"]) == booked
    assert (transfer["out_biz_no"], transfer["amount"]) == ("PAY-1", "120000.00")
    assert (transfer["identity"], transfer["name"]) == (sent.account, HOLDER)


def test_ask_says_paid_and_nothing_of_an_unknown_number(sandbox):
    rail = sandbox.rail()
    sent = rail.send(order())
    found = rail.ask("PAY-1", order())
    assert (found.outcome, found.rail_reference) == (PAID, sent.rail_reference)
    assert brief(rail.ask("PAY-2", order("PAY-2"))) == (NOT_FOUND, "ORDER_NOT_EXIST")


FAULTS = [
    ({"kind": "latency", "seconds": "0.2"}, (PAID, "SUCCESS"), 1),
    ({"kind": "timeout", "when": "before"}, (UNKNOWN, "TIMEOUT"), 0),
    ({"kind": "timeout", "when": "after"}, (UNKNOWN, "TIMEOUT"), 1),
    ({"kind": "timeout", "when": "after", "seconds": "0.1"}, (UNKNOWN, "CONNECTION_LOST"), 1),
    ({"kind": "reset", "when": "before"}, (UNKNOWN, "CONNECTION_LOST"), 0),
    ({"kind": "reset", "when": "after"}, (UNKNOWN, "CONNECTION_LOST"), 1),
    ({"kind": "http", "when": "before"}, (UNKNOWN, "HTTP_502"), 0),
    ({"kind": "http", "when": "after", "status": 500}, (UNKNOWN, "HTTP_500"), 1),
    ({"kind": "http", "when": "after", "status": 302}, (UNKNOWN, "HTTP_302"), 1),
    ({"kind": "garbage", "when": "before"}, (UNKNOWN, "NOT_AN_ANSWER"), 0),
    ({"kind": "garbage", "when": "after"}, (UNKNOWN, "NOT_AN_ANSWER"), 1),
    ({"kind": "truncated"}, (UNKNOWN, "CONNECTION_LOST"), 1),
    ({"kind": "bad_signature"}, (UNKNOWN, "BAD_SIGNATURE"), 1),
    ({"kind": "sha1_signature"}, (UNKNOWN, "BAD_SIGNATURE"), 1),
    ({"kind": "unsigned"}, (UNKNOWN, "NO_SIGNATURE"), 1),
    ({"kind": "refuse"}, (UNKNOWN, "SYSTEM_ERROR"), 0),
    ({"kind": "refuse", "when": "after"}, (UNKNOWN, "SYSTEM_ERROR"), 1),
    (
        {"kind": "refuse", "when": "after", "code": "20000", "sub_code": "isp.unknow-error"},
        (UNKNOWN, "isp.unknow-error"),
        1,
    ),
    ({"kind": "refuse", "sub_code": "NEVER_HEARD_OF"}, (UNKNOWN, "NEVER_HEARD_OF"), 0),
    ({"kind": "refuse", "sub_code": "PAYEE_NOT_EXIST"}, (REFUSED, "PAYEE_NOT_EXIST"), 0),
    (
        {"kind": "refuse", "sub_code": "PAYER_BALANCE_NOT_ENOUGH"},
        (Outcome.RETRY_LATER, "PAYER_BALANCE_NOT_ENOUGH"),
        0,
    ),
    ({"kind": "refuse", "sub_code": "PRODUCT_NOT_SIGN"}, (STOP, "PRODUCT_NOT_SIGN"), 0),
    ({"kind": "dealing"}, (SENT, "DEALING"), 1),
]


def name_of(fault):
    return "-".join(str(value) for value in fault.values())


@pytest.mark.parametrize(
    ("fault", "expected", "transfers"), FAULTS, ids=[name_of(fault) for fault, *_ in FAULTS]
)
def test_send_never_guesses_and_the_same_number_pays_once(sandbox, fault, expected, transfers):
    rail = sandbox.rail(timeout_s=0.6)
    sandbox.misbehave(**{"count": 1, **fault})
    answer = rail.send(order())
    assert brief(answer) == expected
    assert answer.message
    assert len(sandbox.numbers()) == transfers
    asked = rail.ask("PAY-1", order())
    under_way = SENT if fault["kind"] == "dealing" else PAID
    assert asked.outcome == (under_way if transfers else NOT_FOUND)
    rail.send(order())
    assert sandbox.numbers() == ["PAY-1"]


QUERY_FAULTS = [
    ({"kind": "timeout", "when": "before"}, (UNKNOWN, "TIMEOUT")),
    ({"kind": "reset"}, (UNKNOWN, "CONNECTION_LOST")),
    ({"kind": "http"}, (UNKNOWN, "HTTP_502")),
    ({"kind": "garbage"}, (UNKNOWN, "NOT_AN_ANSWER")),
    ({"kind": "bad_signature"}, (UNKNOWN, "BAD_SIGNATURE")),
    ({"kind": "refuse"}, (UNKNOWN, "SYSTEM_ERROR")),
    ({"kind": "refuse", "sub_code": "PAYEE_NOT_EXIST"}, (UNKNOWN, "PAYEE_NOT_EXIST")),
    ({"kind": "not_found"}, (NOT_FOUND, "ORDER_NOT_EXIST")),
]


@pytest.mark.parametrize(
    ("fault", "expected"), QUERY_FAULTS, ids=[name_of(fault) for fault, _ in QUERY_FAULTS]
)
def test_ask_never_guesses(sandbox, fault, expected):
    rail = sandbox.rail(timeout_s=0.6)
    rail.send(order())
    sandbox.misbehave(**{"on": "query", "count": 1, **fault})
    assert brief(rail.ask("PAY-1", order())) == expected
    assert rail.ask("PAY-1", order()).outcome == PAID


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("SUCCESS", (PAID, "SUCCESS")),
        ("FAIL", (REFUSED, "PAYEE_ACCOUNT_STATUS_ERROR")),
        ("REFUND", (RETURNED, "REFUND")),
    ],
)
def test_ask_follows_a_transfer_that_is_under_way(sandbox, then, expected):
    rail = sandbox.rail()
    sandbox.misbehave("dealing", seconds="0.5", then=then)
    assert rail.send(order()).outcome == SENT
    assert rail.ask("PAY-1", order()).outcome == SENT
    sandbox.wait_for_status("PAY-1", then)
    assert brief(rail.ask("PAY-1", order())) == expected
    assert brief(rail.send(order())) == expected


def test_ask_sees_money_that_came_back_later(sandbox):
    rail = sandbox.rail()
    assert rail.send(order()).outcome == PAID
    sandbox.give_back("PAY-1", "账号已销户")
    answer = rail.ask("PAY-1", order())
    assert (answer.outcome, answer.message) == (RETURNED, "账号已销户")


def test_a_resend_is_the_same_to_the_byte(sandbox):
    rail = sandbox.rail()
    long = order(title="资" * 300, remark="备" * 300, amount=Decimal("0.1"))
    again = order(title="资" * 300, remark="备" * 300, amount=Decimal("0.10"))
    assert rail.send(long).outcome == sandbox.rail().send(again).outcome == PAID
    calls = sandbox.book(out_biz_no="PAY-1")["calls"]
    assert len(calls) == 2
    assert len({call["bytes_sha256"] for call in calls}) == 1


def test_the_same_number_with_another_amount_stops_the_run(sandbox):
    rail = sandbox.rail()
    rail.send(order())
    assert brief(rail.send(order(amount=Decimal(1)))) == (STOP, "PAYMENT_INFO_INCONSISTENCY")
    assert brief(rail.ask("PAY-1", order(amount=Decimal(1)))) == (UNKNOWN, "OTHER_AMOUNT")
    assert sandbox.book()["transfers"][0]["amount"] == "120000.00"


def test_a_reason_with_braces_and_quotes_arrives_whole(sandbox):
    reason = 'a } b " c \\ { "sign":"x"'
    sandbox.misbehave("refuse", sub_code="PAYEE_NOT_EXIST", sub_msg=reason)
    answer = sandbox.rail().send(order())
    assert (answer.outcome, answer.message) == (REFUSED, reason)


def test_an_answer_signed_by_somebody_else_says_nothing(sandbox):
    answer = sandbox.rail(theirs="portal").send(order())
    assert brief(answer) == (UNKNOWN, "BAD_SIGNATURE")
    assert sandbox.numbers() == ["PAY-1"]


def test_our_own_wrong_key_stops_the_run(sandbox):
    assert brief(sandbox.rail(ours="gateway").send(order())) == (STOP, "isv.invalid-signature")
    assert sandbox.numbers() == []


def test_another_currency_is_refused_before_anything_leaves(sandbox):
    answer = sandbox.rail().send(order(currency="USD"))
    assert brief(answer) == (REFUSED, "CURRENCY")
    assert sandbox.book(out_biz_no="PAY-1")["calls"] == []


def test_a_killed_gateway_leaves_unknown_and_ask_settles_after_its_restart(own_sandbox):
    rail = own_sandbox.rail()
    assert rail.send(order()).outcome == PAID
    own_sandbox.kill()
    lost = rail.send(order("PAY-2"))
    assert lost.outcome == UNKNOWN
    assert lost.code in ("NOT_CONNECTED", "CONNECTION_LOST")
    assert brief(rail.ask("PAY-1", order())) == (UNKNOWN, "NOT_CONNECTED")
    own_sandbox.start()
    assert rail.ask("PAY-1", order()).outcome == PAID
    assert rail.ask("PAY-2", order("PAY-2")).outcome == NOT_FOUND


def test_a_gateway_killed_after_executing_is_asked(own_sandbox):
    own_sandbox.misbehave("timeout", when="after", seconds=60)
    with ThreadPoolExecutor() as threads:
        sending = threads.submit(own_sandbox.rail(timeout_s=30).send, order())
        own_sandbox.wait_for_status("PAY-1", "SUCCESS")
        own_sandbox.kill()
        assert brief(sending.result(10)) == (UNKNOWN, "CONNECTION_LOST")
    own_sandbox.start()
    assert own_sandbox.rail().ask("PAY-1", order()).outcome == PAID


def test_the_archive_names_neither_account_nor_holder(sandbox):
    rail = sandbox.rail()
    told = f"卡号 {ACCOUNT} 户名 {HOLDER} 不符"
    sandbox.misbehave("refuse", sub_code="PAYEE_CARD_INFO_ERROR", sub_msg=told, count=1)
    answers = [rail.send(order()), rail.send(order("PAY-2")), rail.ask("PAY-2", order("PAY-2"))]
    kept = json.dumps([[a.request, a.response, a.message] for a in answers], ensure_ascii=False)
    assert ACCOUNT not in kept
    assert HOLDER not in kept
    assert ACCOUNT not in repr(order())
    assert HOLDER not in repr(order())
    assert answers[0].message == "卡号 ***************0123 户名 欧*** 不符"
    payee = answers[1].request["biz_content"]["payee_info"]
    assert (payee["identity"], payee["name"]) == ("***************0123", "欧***")
    assert answers[1].response["status"] == 200
    assert len(answers[1].response["sha256"]) == 64
