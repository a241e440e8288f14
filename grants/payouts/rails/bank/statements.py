"""What a bank's file says, whatever its format: an account, balances and lines."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.money import ZERO, to_fen
from grants.payouts.rails.bank.orders import CURRENCY

CAMT053, PAIN002, CSV = "camt053", "pain002", "csv"
PAID, REFUSED, RETURNED, PENDING, OTHER = "paid", "refused", "returned", "pending", "other"
SHANGHAI = timezone(timedelta(hours=8))
# Attempts are numbered so; a bank repeats the number somewhere in the purpose or remark.
OUR_NUMBER = re.compile(r"PAY-\d{4}-\d{1,12}-\d{1,4}")
MANGLED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
# What the books can hold, and years in which a bank may have booked something.
MOST, YEARS = Decimal(10) ** 16, range(2000, 2101)
NOT_PROVIDED = "NOTPROVIDED"


@dataclass(frozen=True, kw_only=True)
class ParsedLine:
    """One line. `amount` is plus for money in, minus for money out, None where the file is silent.

    `number` is our own, where the line repeats it; `code` is the bank's.
    """

    booked_on: date
    amount: Decimal | None
    says: str
    number: str = ""
    bank_reference: str = ""
    holder_name: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    remark: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class ParsedBatch:
    """A status for all payments of the batch `reference`, which the report does not list."""

    reference: str
    booked_on: date
    says: str
    code: str
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class ParsedStatement:
    """A file that was read. Balances are None where the format has none."""

    kind: str
    account: str = ""
    currency: str = CURRENCY
    opening: Decimal | None = None
    closing: Decimal | None = None
    lines: tuple[ParsedLine, ...] = ()
    batch: ParsedBatch | None = None


def wrong(sentence: str) -> Refused:
    """The file cannot be used; nothing of it is."""
    return Refused(sentence, field="file")


def checked(statement: ParsedStatement) -> ParsedStatement:
    """The statement, if it is whole. Raises `Refused` for the first thing that is not right."""
    if not statement.lines and not statement.batch:
        raise wrong(_("This file has no lines."))
    if statement.currency != CURRENCY:
        words = {"found": statement.currency, "ours": CURRENCY}
        raise wrong(_("This statement is in %(found)s. The account is in %(ours)s.") % words)
    for row, line in enumerate(statement.lines, start=1):
        if line.amount == 0:
            raise wrong(_("Line %(row)s moves nothing: its amount is zero.") % {"row": row})
    if sum((abs(line.amount or ZERO) for line in statement.lines), ZERO) >= MOST:
        raise wrong(_("The amounts of this file are too large."))
    _check_balance(statement)
    return statement


def _check_balance(statement: ParsedStatement) -> None:
    if statement.opening is None or statement.closing is None:
        return
    booked = [line.amount or ZERO for line in statement.lines if line.says != PENDING]
    should = statement.opening + sum(booked, ZERO)
    if should != statement.closing:
        words = {"opening": statement.opening, "should": should, "closing": statement.closing}
        raise wrong(
            _(
                "The balances do not fit: %(opening)s and all lines make %(should)s,"
                " but the file closes with %(closing)s. A line is missing or was changed."
            )
            % words
        )


def amount_of(text: str, where: str) -> Decimal:
    """An amount in yuan with a sign or none; thousands separators are dropped."""
    plain = re.sub(r"[,，\s¥￥]", "", text)
    try:
        if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]*)?", plain) or (
            to_fen(plain) != Decimal(plain)
        ):
            raise InvalidOperation
    except InvalidOperation:
        words = {"where": where, "text": text[:40]}
        raise wrong(_("%(where)s: “%(text)s” is no amount in yuan and fen.") % words) from None
    return to_fen(plain)


def day_of(text: str, where: str) -> date:
    """A day written as 2026-11-25, 20261125, 2026/11/25 or as an instant; in China's time."""
    plain = text.strip().replace("/", "-")
    try:
        if len(plain) == 8 and plain.isdigit():
            plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
        at = datetime.fromisoformat(plain)
        if at.year not in YEARS:
            raise ValueError(plain)
    except ValueError:
        words = {"where": where, "text": text[:40]}
        raise wrong(_("%(where)s: “%(text)s” is no date.") % words) from None
    return (at if at.tzinfo is None else at.astimezone(SHANGHAI)).date()


def unmangled(account: str, where: str) -> str:
    """The account number. Raises `Refused` for one that a spreadsheet made a rounded number of."""
    account = account.strip().replace(" ", "")
    if MANGLED.fullmatch(account):
        raise wrong(
            _(
                "%(where)s: the account “%(account)s” was cut by a spreadsheet program."
                " Upload the file as the bank gave it, without opening and saving it."
            )
            % {"where": where, "account": account}
        )
    return account


def our_number(*texts: str) -> str:
    """Our payment number, from the first of the texts that has one; else nothing."""
    for text in texts:
        found = OUR_NUMBER.search(text or "")
        if found:
            return found.group()
    return ""
