"""Reading a notification: whose it is, by which rule it is signed, and what it says."""

from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from fundportal.sandbox import APP_ID
from grants.payouts.rails import notify
from grants.payouts.rails.notify import BadNotice
from grants.payouts.rails.protocol import Outcome
from tests.payouts.notices import params, sha1_signed, signed
from tests.payouts.rails.orders import ACCOUNT, HOLDER, order

FIELDS = {"out_biz_no": "PAY-1", "status": "SUCCESS", "trans_amount": "120000.00"}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def opened(body: bytes, key):
    return notify.opened(body, key=key.public_key(), app_id=APP_ID)


def why(body: bytes, key) -> str:
    with pytest.raises(BadNotice) as caught:
        opened(body, key)
    assert str(caught.value).endswith(".") or "form" in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("rule", ["V1", "V2"])
def test_either_rule_of_signing_is_taken_and_named(key, rule):
    notice = opened(signed(params(FIELDS), key, rule=rule), key)

    assert (notice.rule, notice.number, notice.id) == (rule, "PAY-1", "N-1")
    assert notice.fields == FIELDS


def test_values_are_signed_as_they_are_and_not_as_they_travel(key):
    odd = params(FIELDS, notify_type="a+b %26 = &c=1 支付", empty="")

    assert opened(signed(odd, key), key).params["notify_type"] == "a+b %26 = &c=1 支付"


def test_the_signature_is_not_kept(key):
    assert set(opened(signed(params(FIELDS), key), key).params) == {
        "app_id",
        "charset",
        "msg_method",
        "notify_id",
        "notify_time",
        "notify_type",
        "sign_type",
        "version",
    }


def test_what_was_not_signed_by_the_rail_is_refused(key):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    right = signed(params(FIELDS), key)

    assert why(signed(params(FIELDS), other), key) == "BAD_SIGNATURE"
    assert why(sha1_signed(params(FIELDS), key), key) == "BAD_SIGNATURE"
    assert why(urlencode(params(FIELDS)).encode(), key) == "BAD_SIGNATURE"
    assert why(right.replace(b"PAY-1", b"PAY-2"), key) == "BAD_SIGNATURE"
    assert why(right + b"&more=1", key) == "BAD_SIGNATURE"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (params(FIELDS, app_id="2021000000000000"), "OTHER_APP"),
        (params(FIELDS, msg_method="alipay.trade.refund"), "OTHER_MESSAGE"),
        (params(FIELDS, charset="GBK"), "CHARSET"),
        (params(FIELDS, notify_id=""), "NO_NOTIFY_ID"),
        (params("{"), "NOT_JSON"),
        (params("[" * 100_000), "NOT_JSON"),
        (params("[]"), "NOT_JSON"),
        (params({"status": "SUCCESS"}), "NO_NUMBER"),
        (params({"out_biz_no": 1}), "NO_NUMBER"),
        (params({"out_biz_no": "PAY 1\n"}), "NO_NUMBER"),
    ],
)
def test_what_says_nothing_to_us_is_refused(key, given, code):
    assert why(signed(given, key), key) == code


@pytest.mark.parametrize(
    "body", [b"", b"x", b"a=%ff", "a=支".encode(), b"&".join([b"a%d=1" % n for n in range(51)])]
)
def test_what_is_no_form_is_refused(key, body):
    assert why(body, key) in ("NOT_A_FORM", "BAD_SIGNATURE")


def test_a_field_that_stands_twice_is_refused(key):
    assert why(signed(params(FIELDS), key) + b"&app_id=1", key) == "NOT_A_FORM"


@pytest.mark.parametrize(
    ("fields", "outcome", "code"),
    [
        ({}, Outcome.PAID, "SUCCESS"),
        ({"status": "DEALING"}, Outcome.SENT, "DEALING"),
        ({"status": "FAIL"}, Outcome.UNKNOWN, "FAIL_WITHOUT_CODE"),
        ({"status": "FAIL", "error_code": "PAYMENT_FAIL"}, Outcome.REFUSED, "PAYMENT_FAIL"),
        ({"status": "REFUND"}, Outcome.RETURNED, "REFUND"),
        ({"status": "CLOSED"}, Outcome.UNKNOWN, "CLOSED"),
        ({"trans_amount": "1.00"}, Outcome.UNKNOWN, "OTHER_AMOUNT"),
        ({"trans_amount": None}, Outcome.UNKNOWN, "NO_AMOUNT"),
    ],
)
def test_what_it_says_of_the_money(key, fields, outcome, code):
    notice = opened(signed(params(FIELDS | fields), key), key)

    answer = notify.answer(notice, order())

    assert (answer.outcome, answer.code) == (outcome, code)


def test_what_is_kept_of_it_is_masked(key):
    fields = FIELDS | {"memo": f"{HOLDER} {ACCOUNT}"}

    answer = notify.answer(opened(signed(params(fields), key), key), order())

    assert answer.response["biz_content"]["memo"] == "欧*** ***************0123"
    assert answer.response["rule"] == "V1"
