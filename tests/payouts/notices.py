"""Notifications as the rail signs them, and as somebody else would."""

import json
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from fundportal.sandbox import APP_ID
from grants.payouts.models import Payout
from grants.payouts.rails import rsa2
from grants.payouts.rails.notify import CHANGED, content

FORM = "application/x-www-form-urlencoded"


def params(fields: Any, *, notify_id: str = "N-1", **more: str) -> dict[str, str]:
    text = fields if isinstance(fields, str) else json.dumps(fields, ensure_ascii=False)
    return {
        "app_id": APP_ID,
        "biz_content": text,
        "charset": "UTF-8",
        "msg_method": CHANGED,
        "notify_id": notify_id,
        "notify_time": "2026-11-25 12:00:00",
        "notify_type": "trade_status_sync",
        "sign_type": "RSA2",
        "version": "1.1",
    } | more


def signed(given: dict[str, str], key: RSAPrivateKey, *, rule: str = "V1") -> bytes:
    return urlencode(given | {"sign": rsa2.sign(content(given, rule), key)}).encode()


def sha1_signed(given: dict[str, str], key: RSAPrivateKey) -> bytes:
    sign = key.sign(content(given, "V1"), padding.PKCS1v15(), hashes.SHA1())
    return urlencode(given | {"sign": rsa2.encoded(sign)}).encode()


def about(payout: Payout, status: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    """What a notification says of the first attempt of a payout."""
    fields = {
        "out_biz_no": f"{payout.reference}-1",
        "order_id": "20261125110070000000000000000001",
        "status": status,
        "trans_amount": f"{payout.net:.2f}",
        "product_code": "TRANS_BANKCARD_NO_PWD",
        "biz_scene": "DIRECT_TRANSFER",
    }
    if status in ("FAIL", "REFUND"):
        fields |= {"error_code": "PAYEE_CARD_INFO_ERROR", "fail_reason": "The card is closed."}
    return {key: value for key, value in (fields | more).items() if value is not None}
