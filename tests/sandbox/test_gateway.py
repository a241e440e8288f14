"""The protocol and the book of the sandbox, over HTTP to a process of its own."""

import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from grants.payouts.rails import rsa2
from tests.sandbox.process import HTTP
from tests.sandbox.requests import QUERY, TRANSFER, ask, pay, post, signed, transfer


def test_a_transfer_is_answered_and_found(sandbox):
    answer = pay(sandbox)
    assert (answer["code"], answer["status"], answer["out_biz_no"]) == ("10000", "SUCCESS", "PAY-1")
    found = ask(sandbox)
    assert (found["status"], found["trans_amount"]) == ("SUCCESS", "120.00")
    assert found["order_id"] == answer["order_id"]
    assert sandbox.book()["totals"] == {"SUCCESS": {"count": 1, "sum": "120.00"}}


def test_the_public_parameters_may_stand_in_the_address(sandbox):
    params = signed(sandbox, TRANSFER, transfer())
    form = {"biz_content": params.pop("biz_content")}
    response = HTTP.post(f"{sandbox.url}/gateway.do", params=params, data=form)
    assert response.json()["alipay_fund_trans_uni_transfer_response"]["code"] == "10000"


def test_sixty_four_at_once_make_one_transfer(sandbox):
    params = signed(sandbox, TRANSFER, transfer())
    with ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(lambda _: post(sandbox, params), range(64)))
    assert {answer["status"] for answer in answers} == {"SUCCESS"}
    assert len({answer["order_id"] for answer in answers}) == 1
    assert sandbox.numbers() == ["PAY-1"]
    assert len(sandbox.book(out_biz_no="PAY-1")["calls"]) == 64


def test_the_same_number_with_other_parameters_is_refused(sandbox):
    pay(sandbox)
    for other in (transfer(amount="120.01"), transfer(order_title="x")):
        answer = post(sandbox, signed(sandbox, TRANSFER, other))
        assert (answer["code"], answer["sub_code"]) == ("40004", "PAYMENT_INFO_INCONSISTENCY")
    assert [row["amount"] for row in sandbox.book()["transfers"]] == ["120.00"]


def test_sums_are_exact(sandbox):
    amounts = ["0.10", "0.20", "99999999.99", "100000000"]
    for n, amount in enumerate(amounts):
        assert pay(sandbox, f"PAY-{n}", amount)["status"] == "SUCCESS"
    assert sandbox.book()["totals"]["SUCCESS"]["sum"] == str(sum(map(Decimal, amounts)))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount": "0.09"}, "EXCEED_LIMIT_SM_MIN_AMOUNT"),
        ({"amount": "100000000.01"}, "EXCEED_LIMIT_SM_AMOUNT"),
        ({"amount": "1.001"}, "INVALID_PARAMETER"),
        ({"amount": "-1.00"}, "INVALID_PARAMETER"),
        ({"amount": "1e3"}, "INVALID_PARAMETER"),
        ({"amount": "NaN"}, "INVALID_PARAMETER"),
        ({"amount": "１２"}, "INVALID_PARAMETER"),
        ({"amount": 1.5}, "INVALID_PARAMETER"),
        ({"amount": None}, "INVALID_PARAMETER"),
        ({"number": "付款"}, "INVALID_PARAMETER"),
        ({"number": "a" * 65}, "INVALID_PARAMETER"),
        ({"product_code": "STD_RED_PACKET"}, "INVALID_PARAMETER"),
        ({"product_code": "TRANS_BANKCARD_NO_PWD"}, "INVALID_PARAMETER"),
        ({"biz_scene": "PERSONAL_PAY"}, "INVALID_PARAMETER"),
        ({"order_title": None}, "INVALID_PARAMETER"),
        ({"payee_info": None}, "INVALID_PARAMETER"),
        (
            {"payee_info": {"identity": "a", "identity_type": "ALIPAY_LOGON_ID"}},
            "INVALID_PARAMETER",
        ),
        ({"amount": "50000.00", "remark": None}, "MEMO_REQUIRED_IN_TRANSFER_ERROR"),
    ],
)
def test_a_transfer_that_the_documents_do_not_allow_is_refused(sandbox, wrong, code):
    answer = pay(sandbox, **wrong)
    assert (answer["code"], answer["sub_code"]) == ("40004", code)
    assert sandbox.numbers() == []


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"a":' * 50_000, '{"n":' + "9" * 5000])
def test_content_that_is_no_object_is_refused(sandbox, content):
    answer = post(sandbox, signed(sandbox, TRANSFER, content))
    assert answer["code"] in ("40001", "40004")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"app_id": "1"}, "isv.invalid-app-id"),
        ({"method": "alipay.trade.pay"}, "isv.invalid-method"),
        ({"version": "2.0"}, "isv.invalid-version"),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"timestamp": "yesterday"}, "isv.invalid-timestamp"),
        ({"timestamp": ""}, "isv.missing-timestamp"),
    ],
)
def test_a_request_with_wrong_parameters_is_refused(sandbox, changed, code):
    params = signed(sandbox, TRANSFER, transfer(), **changed)
    assert post(sandbox, params)["sub_code"] == code
    assert sandbox.numbers() == []


def test_a_request_that_was_tampered_with_is_refused(sandbox):
    params = signed(sandbox, TRANSFER, transfer())
    params["biz_content"] = params["biz_content"].replace("120.00", "920.00")
    assert post(sandbox, params)["sub_code"] == "isv.invalid-signature"
    assert sandbox.numbers() == []


def test_a_request_signed_with_sha1_or_not_at_all_is_refused(sandbox):
    params = signed(sandbox, TRANSFER, transfer())
    raw = rsa2.canonical(params).encode()
    weak = sandbox.private_key().sign(raw, padding.PKCS1v15(), hashes.SHA1())
    assert (
        post(sandbox, params | {"sign": rsa2.encoded(weak)})["sub_code"] == "isv.invalid-signature"
    )
    del params["sign"]
    assert post(sandbox, params)["sub_code"] == "isv.missing-signature"
    assert sandbox.numbers() == []


def test_a_query_for_another_product_finds_nothing(sandbox):
    pay(sandbox)
    content = {"out_biz_no": "PAY-1", "product_code": "TRANS_BANKCARD_NO_PWD"}
    answer = post(sandbox, signed(sandbox, QUERY, content | {"biz_scene": "DIRECT_TRANSFER"}))
    assert answer["sub_code"] == "ORDER_NOT_EXIST"


def test_the_book_and_the_faults_survive_kill(own_sandbox):
    paid = [pay(own_sandbox, f"PAY-{n}")["order_id"] for n in range(5)]
    own_sandbox.misbehave("dealing", seconds=0, then="FAIL")
    own_sandbox.kill(signal.SIGKILL)
    own_sandbox.start()
    assert [ask(own_sandbox, f"PAY-{n}")["order_id"] for n in range(5)] == paid
    assert pay(own_sandbox, "PAY-0")["order_id"] == paid[0]
    assert pay(own_sandbox, "PAY-9")["status"] == "DEALING"
    assert ask(own_sandbox, "PAY-9")["status"] == "FAIL"


def test_an_answer_given_is_in_the_book_however_soon_the_kill_comes(own_sandbox):
    requests = [signed(own_sandbox, TRANSFER, transfer(f"PAY-{n}")) for n in range(60)]
    answered = []

    def send(params):
        try:
            answered.append(post(own_sandbox, params)["out_biz_no"])
        except (httpx.HTTPError, ValueError):
            return

    with ThreadPoolExecutor(8) as threads:
        sending = [threads.submit(send, params) for params in requests]
        while len(answered) < 20 and not all(call.done() for call in sending):
            time.sleep(0.01)
        own_sandbox.kill(signal.SIGKILL)
    own_sandbox.start()
    assert len(answered) >= 20
    assert set(answered) <= set(own_sandbox.numbers())


def test_sigterm_ends_it_at_once_also_while_it_holds_answers_back(own_sandbox):
    own_sandbox.misbehave("timeout", when="after", seconds=60)
    with ThreadPoolExecutor() as threads:
        held = threads.submit(pay, own_sandbox)
        own_sandbox.wait_for_status("PAY-1", "SUCCESS")
        started = time.monotonic()
        own_sandbox.process.send_signal(signal.SIGTERM)
        assert own_sandbox.process.wait(5) == 0
        assert time.monotonic() - started < 1
        assert isinstance(held.exception(10), httpx.HTTPError)


def test_a_taken_port_is_said_in_words(sandbox, tmp_path):
    options = ["--port", str(sandbox.port), "--dir", str(tmp_path / "book")]
    second = subprocess.run(
        [sandbox.process.args[0], "-m", "fundportal.sandbox", *options],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"Port {sandbox.port} of 127.0.0.1 cannot be used: ")
