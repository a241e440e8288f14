"""Alipay's notifications: a signed form that says that the state of a transfer has changed.

The signature covers the decoded values, sorted by name. Two rules are in use and the documents do
not say which holds for this message: V1 leaves out `sign` and `sign_type`, V2 leaves out `sign`
alone. Source: the official Java SDK's `AlipaySignature.getSignCheckContentV1` and `…V2`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from grants.payouts.rails import messages, rsa2
from grants.payouts.rails.protocol import NUMBER, Answer, Order

CHANGED = "alipay.fund.trans.order.changed"
RULES: Mapping[str, frozenset[str]] = {
    "V1": frozenset({"sign", "sign_type"}),
    "V2": frozenset({"sign"}),
}
MOST_FIELDS = 50
LONGEST_ID = 128


class BadNotice(Exception):
    """A notification that is not taken: `code` in capitals, and a sentence for the log."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notification that the rail signed for our application.

    `fields` is what it says of the transfer (out_biz_no, status, trans_amount…), `params` the form
    without its signature, `rule` the rule of signing that matched.
    """

    id: str
    number: str
    rule: str
    fields: dict[str, Any]
    params: dict[str, str]


def content(params: Mapping[str, str], rule: str) -> bytes:
    """What the signature covers by that rule; empty values stand in it too."""
    kept = sorted((key, value) for key, value in params.items() if key not in RULES[rule])
    return "&".join(f"{key}={value}" for key, value in kept).encode("utf-8")


def opened(body: bytes, *, key: RSAPublicKey, app_id: str) -> Notice:
    """The notification in the body of a form. Raises BadNotice for anything that is none."""
    params = _form(body)
    rule = _rule(params, key)
    if params.get("app_id") != app_id:
        raise BadNotice("OTHER_APP", "It is for another application.")
    if params.get("msg_method") != CHANGED:
        raise BadNotice("OTHER_MESSAGE", f"It is no {CHANGED}.")
    fields = _fields(params.get("biz_content", ""))
    number, notice_id = fields.get("out_biz_no"), params.get("notify_id", "")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise BadNotice("NO_NUMBER", "It names no payment number.")
    if not 0 < len(notice_id) <= LONGEST_ID:
        raise BadNotice("NO_NOTIFY_ID", "It has no notify_id.")
    kept = {name: value for name, value in params.items() if name not in ("sign", "biz_content")}
    return Notice(id=notice_id, number=number, rule=rule, fields=fields, params=kept)


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise BadNotice("NOT_A_FORM", f"It is no form in UTF-8: {error}") from error
    params = dict(pairs)
    if len(params) != len(pairs):
        raise BadNotice("NOT_A_FORM", "A field stands in it twice.")
    if params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadNotice("CHARSET", "Its charset is not UTF-8.")
    return params


def _rule(params: Mapping[str, str], key: RSAPublicKey) -> str:
    """The rule by which the signature holds: SHA-256 only, whatever `sign_type` says."""
    signature = params.get("sign", "")
    for rule in RULES:
        if rsa2.verify(content(params, rule), signature, key):
            return rule
    raise BadNotice("BAD_SIGNATURE", "Its signature does not verify.")


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise BadNotice("NOT_JSON", "Its biz_content is not JSON.") from None
    if not isinstance(fields, dict):
        raise BadNotice("NOT_JSON", "Its biz_content is no object.")
    return fields


def answer(notice: Notice, order: Order) -> Answer:
    """What the notification says of the order, as an answer of the rail, masked."""
    verdict = messages.judge_notice(notice.fields, order)
    said = {**notice.params, "rule": notice.rule, "biz_content": notice.fields}
    return messages.answer_of(verdict, order, {}, said)
