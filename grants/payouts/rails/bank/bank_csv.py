"""Reads a bank's CSV: the layout of Bank of China's account query (HISQRY), and our own plain one.

Ours has a row of names and then the lines; only `booked_on` and `amount` must be there:

    booked_on,amount,says,number,bank_reference,holder_name,account,remark,code,balance
    2026-11-25,-30000.00,paid,PAY-2026-000001-1,BK001,李娜,6222021234567890128,,,970000.00

`amount` is minus for money out; `says` is one of paid, refused, returned, pending, other, and
follows from the sign and the remark where it is empty. Before the row of names there may be rows
of two cells: account, currency, opening, closing. Encodings: UTF-8 (with or without a mark), UTF-16
with a mark, GBK, GB18030. Cells are parted by commas, semicolons, tabs or bars.
"""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _

from grants.payouts.rails.bank import statements
from grants.payouts.rails.bank.statements import ParsedLine, ParsedStatement, wrong

OWN = (
    "booked_on", "amount", "says", "number", "bank_reference", "holder_name", "account",
    "remark", "code", "balance",
)  # fmt: skip
# A column's title at the bank, without what stands in brackets, and what it is for us.
BANK_OF_CHINA = {
    "业务类型": "kind",
    "付款人账号": "payer_account",
    "付款人名称": "payer_name",
    "收款人账号": "payee_account",
    "收款人名称": "payee_name",
    "交易日期": "booked_on",
    "交易货币": "currency",
    "交易金额": "amount",
    "交易后余额": "balance",
    "交易流水号": "bank_reference",
    "客户业务编号": "customer_reference",
    "摘要": "summary",
    "用途": "purpose",
    "交易附言": "message",
    "备注": "note",
}
HEADER_ROWS = {
    "查询账号": "account",
    "总笔数": "count",
    "account": "account",
    "currency": "currency",
    "opening": "opening",
    "closing": "closing",
}
COMES_BACK = ("退票", "退汇", "退回", "冲正")
SAYS = (
    statements.PAID,
    statements.REFUSED,
    statements.RETURNED,
    statements.PENDING,
    statements.OTHER,
)
DELIMITERS = ",|\t;"
LONGEST_HEADER = 30


def decoded(raw: bytes) -> str:
    """The text of the file. Raises `Refused` for bytes of no encoding that a bank uses."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise wrong(_("This file is no text: save it as CSV in UTF-8 or GB18030."))


def read(file: BinaryIO) -> ParsedStatement:
    """The statement of a CSV. Raises `Refused` for a file that is none or is not whole."""
    rows = _rows(decoded(file.read()))
    head, names = _head(rows)
    lines, balances = [], []
    currencies = {head["currency"].upper()} if head.get("currency") else set()
    for number, cells in rows:
        row = dict(zip(names, cells, strict=False))
        where = _("Row %(row)s") % {"row": number}
        if not row.get("booked_on") and not row.get("amount"):
            continue
        line = _boc(row, where) if "kind" in names else _own(row, where)
        lines.append(line)
        currencies |= {row["currency"].upper()} if row.get("currency") else set()
        if row.get("balance"):
            balances.append(statements.amount_of(row["balance"], where))
    if len(currencies) > 1:
        raise wrong(_("This statement mixes several currencies."))
    if head.get("count", "").isdecimal() and int(head["count"]) != len(lines):
        words = {"said": head["count"], "found": len(lines)}
        raise wrong(_("The file says that it has %(said)s lines, but it has %(found)s.") % words)
    opening, closing = _balances(head, lines, balances)
    return statements.checked(
        ParsedStatement(
            kind=statements.CSV,
            account=statements.unmangled(head.get("account", ""), _("The file's account")),
            currency=next(iter(currencies), statements.CURRENCY),
            opening=opening,
            closing=closing,
            lines=tuple(lines),
        )
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that is not empty; tabs that banks put behind are dropped."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip().lstrip("'") for cell in cells]
    except csv.Error as error:
        raise wrong(_("This is no CSV: %(why)s.") % {"why": error}) from None


def _head(rows: Iterator[tuple[int, list[str]]]) -> tuple[dict[str, str], list[str]]:
    """What stands above the lines, and what each column is."""
    head: dict[str, str] = {}
    for number, cells in rows:
        titles = [re.sub(r"\s*\[.*", "", cell).strip() for cell in cells]
        names = [BANK_OF_CHINA.get(title, title.lower()) for title in titles]
        if {"booked_on", "amount"} <= set(names):
            return head, names
        if titles[0] in HEADER_ROWS and len(cells) > 1:
            head[HEADER_ROWS[titles[0]]] = cells[1]
        if number > LONGEST_HEADER:
            break
    sentence = _("This CSV is not known. It needs the columns %(theirs)s, or %(ours)s.")
    raise wrong(sentence % {"theirs": "交易日期, 交易金额", "ours": "booked_on, amount"})


def _own(row: dict[str, str], where: str) -> ParsedLine:
    amount = statements.amount_of(row.get("amount", ""), where)
    remark = row.get("remark", "")
    says = row.get("says", "").lower() or _says(amount, remark)
    if says not in SAYS:
        raise wrong(_("%(where)s: “%(text)s” is not known.") % {"where": where, "text": says[:40]})
    return ParsedLine(
        booked_on=statements.day_of(row.get("booked_on", ""), where),
        amount=amount,
        says=says,
        number=row.get("number", "")[:64] or statements.our_number(remark),
        bank_reference=row.get("bank_reference", "")[:64],
        holder_name=row.get("holder_name", "")[:140],
        account=statements.unmangled(row.get("account", ""), where),
        remark=remark[:200],
        code=row.get("code", "")[:35],
    )


def _boc(row: dict[str, str], where: str) -> ParsedLine:
    amount = statements.amount_of(row.get("amount", ""), where)
    side = "payee" if amount < 0 else "payer"
    texts = [row.get(name, "") for name in ("summary", "purpose", "message", "note")]
    remark = " ".join(text for text in texts if text)
    return ParsedLine(
        booked_on=statements.day_of(row.get("booked_on", ""), where),
        amount=amount,
        says=_says(amount, f"{row.get('kind', '')} {remark}"),
        number=statements.our_number(row.get("customer_reference", ""), *texts),
        bank_reference=row.get("bank_reference", "")[:64],
        holder_name=row.get(f"{side}_name", "")[:140],
        account=statements.unmangled(row.get(f"{side}_account", ""), where),
        remark=remark[:200],
        code=row.get("kind", "")[:35],
    )


def _says(amount: Decimal, words: str) -> str:
    if amount < 0:
        return statements.PAID
    return statements.RETURNED if any(word in words for word in COMES_BACK) else statements.OTHER


def _balances(
    head: dict[str, str], lines: list[ParsedLine], balances: list[Decimal]
) -> tuple[Decimal | None, Decimal | None]:
    """Opening and closing: as the head says, else from the balances beside the lines."""
    if head.get("opening") and head.get("closing"):
        return (
            statements.amount_of(head["opening"], _("Opening balance")),
            statements.amount_of(head["closing"], _("Closing balance")),
        )
    if not lines or len(balances) != len(lines):
        return None, None
    amounts = [line.amount or Decimal(0) for line in lines]
    for ordered, moved in ((balances, amounts), (balances[::-1], amounts[::-1])):
        steps = zip(ordered, ordered[1:], moved[1:], strict=False)
        if all(before + step == after for before, after, step in steps):
            return ordered[0] - moved[0], ordered[-1]
    raise wrong(_("The balances beside the lines do not follow from the amounts."))
