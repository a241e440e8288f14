"""The protocol: a signed request becomes a signed answer, and a transfer is in the book once.

Source: alipay.fund.trans.uni.transfer and alipay.fund.trans.common.query, form v2.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from fundportal.sandbox import content as contents
from fundportal.sandbox.book import Book, Inconsistent
from fundportal.sandbox.content import Rejected
from fundportal.sandbox.faults import Fault, Faults, Met
from fundportal.sandbox.rows import Transfer
from grants.payouts.rails import rsa2

TRANSFER, QUERY = "transfer", "query"
METHODS = {"alipay.fund.trans.uni.transfer": TRANSFER, "alipay.fund.trans.common.query": QUERY}
CHECKS = {TRANSFER: contents.checked_transfer, QUERY: contents.checked_query}
REQUIRED = {
    "method": "isv.missing-method",
    "app_id": "isv.missing-app-id",
    "sign": "isv.missing-signature",
    "sign_type": "isv.missing-signature-type",
    "timestamp": "isv.missing-timestamp",
    "version": "isv.missing-version",
    "biz_content": "isv.missing-biz-content",
}


@dataclass(frozen=True)
class Reply:
    """The answer's bytes, and the misbehaviour with which they are to be delivered."""

    body: bytes
    fault: Fault | None = None


class Gateway:
    """Looks at requests, executes them in the book, signs answers.

    `keys` holds portal-public.pem and gateway-private.pem.
    """

    def __init__(self, book: Book, faults: Faults, keys: Path, app_id: str) -> None:
        self._book, self._faults, self._app_id = book, faults, app_id
        self._portal = rsa2.public_key((keys / "portal-public.pem").read_bytes())
        self._own = rsa2.private_key((keys / "gateway-private.pem").read_bytes())

    def reply(self, params: Mapping[str, str]) -> Reply:
        """Answer a request. Waits as long as a latency in force says. Never raises."""
        method = params.get("method", "")
        try:
            self._check_public(params)
        except Rejected as why:
            self._note(params, "", Met(), _refusal(why))
            return Reply(self._signed("error_response", _refusal(why), None))
        try:
            content = contents.parsed(params["biz_content"])
            CHECKS[METHODS[method]](content)
        except Rejected as why:
            self._note(params, "", Met(), _refusal(why))
            return Reply(self._signed(_node(method), _refusal(why), None))
        return self._carried_out(params, content)

    def _check_public(self, params: Mapping[str, str]) -> None:
        for name, code in REQUIRED.items():
            if not params.get(name):
                raise Rejected(code, f"{name} is missing.", "40001")
        if params["app_id"] != self._app_id:
            raise Rejected("isv.invalid-app-id", "No such application.", "40002")
        if params["sign_type"] != "RSA2":
            raise Rejected("isv.invalid-signature-type", "The sign_type is RSA2.", "40002")
        raw = rsa2.canonical(params).encode("utf-8", "replace")
        if not rsa2.verify(raw, params["sign"], self._portal):
            raise Rejected("isv.invalid-signature", "The signature does not verify.", "40002")
        if params["method"] not in METHODS:
            raise Rejected("isv.invalid-method", "No such method.", "40002")
        if params["version"] != "1.0":
            raise Rejected("isv.invalid-version", "The version is 1.0.", "40002")
        try:
            datetime.strptime(params["timestamp"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (form only)
        except ValueError:
            raise Rejected("isv.invalid-timestamp", "Not a timestamp.", "40002") from None

    def _carried_out(self, params: Mapping[str, str], content: Mapping[str, Any]) -> Reply:
        call, number = METHODS[params["method"]], content["out_biz_no"]
        met = self._faults.take(call, number, self._amount(call, content))
        time.sleep(float(met.seconds))
        fields: dict[str, Any] = {}
        with self._book.at_once():
            if not (met.fault and met.fault.is_before):
                fields = self._executed(call, content, met)
            if met.kind == "refuse" and met.fault:
                why = Rejected(met.fault.sub_code, met.fault.sub_msg, met.fault.code)
                fields = _refusal(why)
            self._note(params, number, met, fields)
        return Reply(self._signed(_node(params["method"]), fields, met.fault), met.fault)

    def _amount(self, call: str, content: Mapping[str, Any]) -> str:
        if call == TRANSFER:
            return f"{Decimal(content['trans_amount']):.2f}"
        known = self._book.find(content["out_biz_no"])
        return known.amount if known else ""

    def _executed(self, call: str, content: Mapping[str, Any], met: Met) -> dict[str, Any]:
        if call == QUERY:
            known = self._book.find(content["out_biz_no"])
            if (
                known is None
                or known.product_code != content["product_code"]
                or met.kind == "not_found"
            ):
                return _refusal(Rejected("ORDER_NOT_EXIST", "There is no such order."))
            return _state(known) | {"trans_amount": known.amount, "pay_date": known.changed_at}
        try:
            transfer = self._book.pay(content, met.fault if met.kind == "dealing" else None)
        except Inconsistent:
            why = Rejected("PAYMENT_INFO_INCONSISTENCY", "The number has other parameters.")
            return _refusal(why)
        return _state(transfer) | {"trans_date": transfer.made_at}

    def _note(
        self, params: Mapping[str, str], number: str, met: Met, fields: Mapping[str, Any]
    ) -> None:
        self._book.note(
            method=params.get("method", "")[:128],
            number=number,
            content=params.get("biz_content", ""),
            fault=met.kind or ("latency" if met.seconds else ""),
            code=fields.get("sub_code") or fields.get("status") or fields.get("code", ""),
        )

    def _signed(self, node: str, fields: Mapping[str, Any], fault: Fault | None) -> bytes:
        raw = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        kind = fault.kind if fault else ""
        if kind == "sha1_signature":
            sign = rsa2.encoded(self._own.sign(raw, padding.PKCS1v15(), hashes.SHA1()))  # noqa: S303
        else:
            sign = rsa2.sign(raw + b" " if kind == "bad_signature" else raw, self._own)
        tail = b"" if kind == "unsigned" else f',"sign":"{sign}"'.encode("ascii")
        return b'{"%s":%s%s}' % (node.encode("ascii"), raw, tail)


def _node(method: str) -> str:
    return method.replace(".", "_") + "_response"


def _refusal(why: Rejected) -> dict[str, Any]:
    said = {"40001": "Missing Required Arguments", "40002": "Invalid Arguments"}
    return {
        "code": why.code,
        "msg": said.get(why.code, "Business Failed"),
        "sub_code": why.sub_code,
        "sub_msg": why.sub_msg,
    }


def _state(transfer: Transfer) -> dict[str, Any]:
    fields = {
        "code": "10000",
        "msg": "Success",
        "out_biz_no": transfer.out_biz_no,
        "order_id": transfer.order_id,
        "pay_fund_order_id": transfer.fund_order_id,
        "status": transfer.status,
    }
    if transfer.error_code:
        fields |= {"error_code": transfer.error_code, "fail_reason": transfer.fail_reason}
    return fields
