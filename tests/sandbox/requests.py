"""Requests as a portal signs them, and as somebody else would."""

import json
from typing import Any

from fundportal.sandbox import APP_ID
from grants.payouts.rails import rsa2
from tests.sandbox.process import HTTP, Sandbox

TRANSFER = "alipay.fund.trans.uni.transfer"
QUERY = "alipay.fund.trans.common.query"


def transfer(number: str = "PAY-1", amount: Any = "120.00", **more: Any) -> dict[str, Any]:
    fields = {
        "out_biz_no": number,
        "trans_amount": amount,
        "product_code": "TRANS_ACCOUNT_NO_PWD",
        "biz_scene": "DIRECT_TRANSFER",
        "order_title": "资助款",
        "remark": "里程碑一",
        "payee_info": {
            "identity": "lina@demo.example",
            "identity_type": "ALIPAY_LOGON_ID",
            "name": "李娜",
        },
    }
    return {name: value for name, value in (fields | more).items() if value is not None}


def signed(sandbox: Sandbox, method: str, content: Any, /, **more: str) -> dict[str, str]:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    params = {
        "app_id": APP_ID,
        "method": method,
        "charset": "utf-8",
        "format": "JSON",
        "sign_type": "RSA2",
        "timestamp": "2026-11-24 12:00:00",
        "version": "1.0",
        "biz_content": text,
    } | more
    raw = rsa2.canonical(params).encode()
    return params | {"sign": rsa2.sign(raw, sandbox.private_key())}


def post(sandbox: Sandbox, params: dict[str, str]) -> dict[str, Any]:
    """The answer's node, whose signature is checked."""
    response = HTTP.post(f"{sandbox.url}/gateway.do", data=params)
    nodes = (params.get("method", "x").replace(".", "_") + "_response", "error_response")
    envelope = rsa2.opened(response.content, nodes)
    assert rsa2.verify(envelope.raw, envelope.sign, sandbox.private_key("gateway").public_key())
    return envelope.fields


def pay(sandbox: Sandbox, *given: Any, **more: Any) -> dict[str, Any]:
    return post(sandbox, signed(sandbox, TRANSFER, transfer(*given, **more)))


def ask(sandbox: Sandbox, number: str = "PAY-1") -> dict[str, Any]:
    names = ("out_biz_no", "product_code", "biz_scene")
    content = {name: transfer(number)[name] for name in names}
    return post(sandbox, signed(sandbox, QUERY, content))
