"""A transfer as the book has it, and how amounts and instants are written."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

SHANGHAI = timezone(timedelta(hours=8))
CENT = Decimal(100)


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / CENT:.2f}"


def clock(at: float) -> str:
    """An instant as Alipay writes it, in the time of Shanghai."""
    return f"{datetime.fromtimestamp(at, SHANGHAI):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Transfer:
    """A row of the book. `status` is SUCCESS, DEALING, FAIL or REFUND."""

    out_biz_no: str
    amount: str
    product_code: str
    identity_type: str
    identity: str
    name: str
    bank: str
    title: str
    remark: str
    order_id: str
    fund_order_id: str
    status: str
    error_code: str
    fail_reason: str
    made_at: str
    changed_at: str
    content_sha256: str


def transfer_of(row: sqlite3.Row) -> Transfer:
    values = {name: row[name] for name in Transfer.__annotations__ if name in row.keys()}  # noqa: SIM118
    values["amount"] = yuan(row["amount_fen"])
    values["made_at"], values["changed_at"] = clock(row["made_at"]), clock(row["changed_at"])
    return Transfer(**values)
