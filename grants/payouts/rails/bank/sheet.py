"""Writes the batch sheet that Chinese online banks take, as XLSX or CSV.

Columns as several banks' own templates have them. Account numbers and CNAPS codes are texts, so
that a spreadsheet keeps all their digits.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from grants.payouts.rails.bank.orders import checked, purpose, refusal
from grants.payouts.rails.protocol import FEN, Order

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What a spreadsheet's 15 digits hold to the fen.
MOST_IN_A_CELL = Decimal(10) ** 13
# A workbook says when it was made; the same orders always say the same.
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 (XlsxWriter takes instants without a zone)


@dataclass(frozen=True)
class Column:
    title: str
    value: Callable[[int, Order], str | int | Decimal]
    width: int


COLUMNS = (
    Column("序号", lambda row, order: row, 8),
    Column("收款账号", lambda row, order: order.account, 26),
    Column("收款户名", lambda row, order: disarmed(order.holder_name), 30),
    Column("金额", lambda row, order: order.amount.quantize(FEN), 16),
    Column("开户行", lambda row, order: disarmed(order.bank_name), 34),
    Column("联行号", lambda row, order: order.cnaps_code, 16),
    Column("用途", lambda row, order: disarmed(purpose(order)), 40),
)


def disarmed(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def csv_sheet(orders: Sequence[Order], *, encoding: str) -> bytes:
    """The sheet as CSV, every cell quoted. `encoding` is "utf-8-sig" or "gb18030".

    Raises `Refused` naming the row of a character that the encoding does not have.
    """
    checked(orders)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([column.title for column in COLUMNS])
    for row, order in enumerate(orders, start=1):
        cells = [str(column.value(row, order)) for column in COLUMNS]
        try:
            "".join(cells).encode(encoding)
        except UnicodeEncodeError as error:
            sign = error.object[error.start]
            why = _("“%(sign)s” cannot be written in %(encoding)s") % {
                "sign": sign,
                "encoding": encoding.upper(),
            }
            raise refusal(row, order, why) from error
        writer.writerow(cells)
    return text.getvalue().encode(encoding)


def xlsx_sheet(orders: Sequence[Order]) -> bytes:
    """The sheet as a workbook of one sheet. Equal orders give equal bytes."""
    checked(orders)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": MADE})
    head = book.add_format({"bold": True, "bottom": 1})
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
    sheet = book.add_worksheet("批量付款")
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, head)
    for row, order in enumerate(orders, start=1):
        if order.amount >= MOST_IN_A_CELL:
            raise refusal(row, order, _("its amount is too large for a spreadsheet"))
        for place, column in enumerate(COLUMNS):
            value = column.value(row, order)
            if isinstance(value, Decimal):
                sheet.write_number(row, place, value, money)
            elif isinstance(value, int):
                sheet.write_number(row, place, value)
            else:
                sheet.write_string(row, place, value, text)
    book.close()
    return target.getvalue()
