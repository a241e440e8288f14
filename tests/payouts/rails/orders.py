from decimal import Decimal
from typing import Any

from grants.payouts.rails.protocol import Order

ACCOUNT, HOLDER = "6222021234567890123", "欧阳丽娜"


def order(number: str = "PAY-1", **more: Any) -> Order:
    fields: dict[str, Any] = {
        "number": number,
        "amount": Decimal("120000.00"),
        "currency": "CNY",
        "payee_kind": "bank",
        "account": ACCOUNT,
        "holder_name": HOLDER,
        "holder_is_company": False,
        "bank_name": "中国工商银行",
        "cnaps_code": "102100099996",
        "title": "AMOS 资助款",
        "remark": "AW-1 里程碑一",
    }
    return Order(**fields | more)
