"""What a transfer and a query must say to be looked at, as the documentation of Alipay has it."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
LEAST, MOST = Decimal("0.10"), Decimal("100000000")
REMARK_FROM = Decimal(50000)
SCENE = "DIRECT_TRANSFER"
IDENTITIES = {
    "TRANS_ACCOUNT_NO_PWD": ("ALIPAY_USER_ID", "ALIPAY_LOGON_ID", "ALIPAY_OPEN_ID"),
    "TRANS_BANKCARD_NO_PWD": ("BANKCARD_NO",),
}


class Rejected(Exception):
    """A request that is not carried out: the codes and the sentence of the answer."""

    def __init__(self, sub_code: str, sub_msg: str, code: str = "40004") -> None:
        super().__init__(sub_msg)
        self.code, self.sub_code, self.sub_msg = code, sub_code, sub_msg


def parsed(text: str) -> dict[str, Any]:
    """The business content of a request. Raises Rejected unless it is a JSON object."""
    try:
        content = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise _wrong("biz_content is not JSON.") from None
    if not isinstance(content, dict):
        raise _wrong("biz_content is not an object.")
    return content


def checked_query(content: Mapping[str, Any]) -> None:
    """Raises Rejected for a query that does not name a number with its product and scene."""
    _text(content, "out_biz_no", 64)
    _product(content)


def checked_transfer(content: Mapping[str, Any]) -> None:
    """Raises Rejected for a transfer that the documentation does not allow."""
    if not NUMBER.fullmatch(_text(content, "out_biz_no", 64)):
        raise _wrong("out_biz_no has other signs than letters, digits, '-' and '_'.")
    amount = _amount(content)
    _product(content)
    _text(content, "order_title", 128)
    remark = _text(content, "remark", 200, needed=False)
    _payee(content)
    if amount >= REMARK_FROM and not remark:
        raise Rejected("MEMO_REQUIRED_IN_TRANSFER_ERROR", "A transfer of 50,000 needs a remark.")


def _wrong(sentence: str) -> Rejected:
    return Rejected("INVALID_PARAMETER", sentence)


def _text(content: Mapping[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > longest or (needed and not value):
        raise _wrong(f"{name} is a text of at most {longest} characters.")
    return value


def _amount(content: Mapping[str, Any]) -> Decimal:
    text = _text(content, "trans_amount", 12)
    if not AMOUNT.fullmatch(text):
        raise _wrong("trans_amount is in yuan with at most two decimals.")
    amount = Decimal(text)
    if amount < LEAST:
        raise Rejected("EXCEED_LIMIT_SM_MIN_AMOUNT", f"A transfer is of at least {LEAST} yuan.")
    if amount > MOST:
        raise Rejected("EXCEED_LIMIT_SM_AMOUNT", f"A transfer is of at most {MOST} yuan.")
    return amount


def _product(content: Mapping[str, Any]) -> str:
    product = _text(content, "product_code", 64)
    if product not in IDENTITIES or content.get("biz_scene") != SCENE:
        raise _wrong(f"The product is one of {', '.join(IDENTITIES)}, the scene {SCENE}.")
    return product


def _payee(content: Mapping[str, Any]) -> None:
    payee = content.get("payee_info")
    if not isinstance(payee, dict):
        raise _wrong("payee_info is missing.")
    _text(payee, "identity", 64)
    name = _text(payee, "name", 128, needed=False)
    kind = _text(payee, "identity_type", 64)
    if kind not in IDENTITIES[content["product_code"]]:
        raise _wrong(f"identity_type {kind} does not go with this product.")
    if kind in ("BANKCARD_NO", "ALIPAY_LOGON_ID") and not name:
        raise _wrong("The name of the payee is missing.")
    if kind == "BANKCARD_NO":
        _bank(payee)


def _bank(payee: Mapping[str, Any]) -> None:
    bank = payee.get("bankcard_ext_info")
    if not isinstance(bank, dict) or bank.get("account_type") not in ("1", "2"):
        raise _wrong("bankcard_ext_info names an account_type: 1 corporate, 2 personal.")
    corporate = bank["account_type"] == "1"
    _text(bank, "inst_name", 100, needed=corporate)
    code = _text(bank, "bank_code", 12, needed=False)
    if code and not re.fullmatch(r"[0-9]{12}", code):
        raise _wrong("bank_code is of twelve digits.")
