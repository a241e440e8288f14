"""Alipay's messages: what a transfer and a query say, and what their answers mean.

Source: alipay.fund.trans.uni.transfer and alipay.fund.trans.common.query, fields of requests and
answers as in the official SDKs (2024-09, 2026-10).
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from grants.payouts.rails import codes
from grants.payouts.rails.masking import masked
from grants.payouts.rails.protocol import Answer, Order, Outcome

TRANSFER = "alipay.fund.trans.uni.transfer"
QUERY = "alipay.fund.trans.common.query"
SCENE = "DIRECT_TRANSFER"
PRODUCTS = {"bank": "TRANS_BANKCARD_NO_PWD", "alipay": "TRANS_ACCOUNT_NO_PWD"}
CORPORATE, PERSONAL = "1", "2"
LONGEST_TITLE, LONGEST_REMARK = 128, 200
LONGEST_CODE = 64


class Verdict(NamedTuple):
    """What an answer's fields say."""

    outcome: Outcome
    code: str
    message: str
    rail_reference: str = ""


Judge = Callable[[Mapping[str, Any], Order], Verdict]


def transfer_content(order: Order) -> str:
    """The `biz_content` of a transfer: the same order becomes the same text, byte for byte.

    A title or remark that is too long is cut (it is only shown on the bill). The remark falls back
    to the title: from a corporate payer Alipay wants one for 50,000 yuan and more.
    """
    return _json(
        {
            "out_biz_no": order.number,
            "trans_amount": f"{order.amount:.2f}",
            "product_code": PRODUCTS[order.payee_kind],
            "biz_scene": SCENE,
            "order_title": order.title[:LONGEST_TITLE],
            "payee_info": _payee(order),
            "remark": (order.remark or order.title)[:LONGEST_REMARK],
        }
    )


def query_content(number: str, order: Order) -> str:
    """The `biz_content` of a query by our own number, which then needs product and scene too."""
    product = PRODUCTS[order.payee_kind]
    return _json({"out_biz_no": number, "product_code": product, "biz_scene": SCENE})


def _payee(order: Order) -> dict[str, Any]:
    if order.payee_kind == "alipay":
        by_id = re.fullmatch(r"2088[0-9]{12}", order.account)
        identity_type = "ALIPAY_USER_ID" if by_id else "ALIPAY_LOGON_ID"
        return {
            "identity": order.account,
            "identity_type": identity_type,
            "name": order.holder_name,
        }
    bank = {
        "inst_name": order.bank_name,
        "account_type": CORPORATE if order.holder_is_company else PERSONAL,
        "bank_code": order.cnaps_code,
    }
    return {
        "identity": order.account,
        "identity_type": "BANKCARD_NO",
        "name": order.holder_name,
        "bankcard_ext_info": {key: value for key, value in bank.items() if value},
    }


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def judge_transfer(fields: Mapping[str, Any], order: Order) -> Verdict:
    """What the answer to a transfer says. Never raises."""
    return _judge(fields, order, codes.TRANSFER)


def judge_query(fields: Mapping[str, Any], order: Order) -> Verdict:
    """What the answer to a query says. Never raises."""
    return _judge(fields, order, codes.QUERY)


def judge_notice(fields: Mapping[str, Any], order: Order) -> Verdict:
    """What a notification says of a payment. One without its amount says nothing. Never raises."""
    if fields.get("trans_amount") is None:
        return Verdict(Outcome.UNKNOWN, "NO_AMOUNT", "The notification names no amount.")
    return _state_of_the_payment(fields, order)


def answer_of(
    verdict: Verdict, order: Order, request: dict[str, Any], response: dict[str, Any]
) -> Answer:
    """The verdict with what was said, masked."""
    return Answer(
        outcome=verdict.outcome,
        code=masked(verdict.code, order)[:LONGEST_CODE],
        message=masked(verdict.message, order),
        rail_reference=masked(verdict.rail_reference, order)[:LONGEST_CODE],
        request=masked(request, order),
        response=masked(response, order),
        at=datetime.now(UTC),
    )


def _judge(fields: Mapping[str, Any], order: Order, business: Mapping[str, Outcome]) -> Verdict:
    code, sub_code = _text(fields, "code"), _text(fields, "sub_code")
    if code == codes.SUCCESS:
        return _state_of_the_payment(fields, order)
    said = _text(fields, "sub_msg") or _text(fields, "msg") or "The rail gave no reason."
    if code == codes.BUSINESS_FAILURE:
        return Verdict(business.get(sub_code, Outcome.UNKNOWN), sub_code or code, said)
    return Verdict(codes.GATEWAY.get(code, Outcome.UNKNOWN), sub_code or code or "NO_CODE", said)


def _state_of_the_payment(fields: Mapping[str, Any], order: Order) -> Verdict:
    status, reference = _text(fields, "status"), _text(fields, "order_id")
    if _text(fields, "out_biz_no") != order.number:
        return Verdict(Outcome.UNKNOWN, "OTHER_NUMBER", "The answer is about another number.")
    if not _is_amount(fields.get("trans_amount"), order):
        return Verdict(
            Outcome.UNKNOWN, "OTHER_AMOUNT", "The answer names another amount.", reference
        )
    outcome = codes.STATUS.get(status, Outcome.UNKNOWN)
    reason = _text(fields, "error_code")
    said = _text(fields, "fail_reason") or f"The rail says {status or 'nothing of the state'}."
    if status == "FAIL" and (not reason or codes.TRANSFER.get(reason) == Outcome.UNKNOWN):
        return Verdict(Outcome.UNKNOWN, reason or "FAIL_WITHOUT_CODE", said, reference)
    return Verdict(outcome, reason or status or "NO_STATUS", said, reference)


def _is_amount(value: Any, order: Order) -> bool:
    """Whether the answer names the order's amount, or none (a transfer's has no such field)."""
    if value is None:
        return True
    try:
        return Decimal(str(value)) == order.amount
    except InvalidOperation:
        return False


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
