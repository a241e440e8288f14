"""Takes a bank's files in: each line once, masked, and matched where it is clear."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from grants.core.crypto import blind_index
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.money import ZERO
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.payouts.models import (
    BankStatement,
    ClosedDay,
    PaymentAttempt,
    RailName,
    StatementKind,
    StatementLine,
    mask,
)
from grants.payouts.rails.bank.reader import read
from grants.payouts.rails.bank.statements import ParsedLine, ParsedStatement, wrong
from grants.payouts.services.matching import match_open, refuse_closed

LONGEST_NAME = 150
INSERTED_AT_ONCE = 1000
# Banks write account numbers into remarks, too.
ACCOUNT_IN_TEXT = re.compile(r"\d{14,}")
# Lines come in, and days are closed, one after the other.
STATEMENTS_LOCK = 0x53544D54


@dataclass(frozen=True)
class Upload:
    """A statement that was uploaded. `was_known` where the same file had come before."""

    statement: BankStatement
    was_known: bool
    matched: int


def one_at_a_time() -> None:
    """Waits until no other transaction takes lines in or closes a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STATEMENTS_LOCK])


def upload_statement(file, *, by) -> Upload:
    """Reads an uploaded file (with `name`, `size` and `chunks()`) and writes its lines, then
    matches what is clear, each line in a transaction of its own.

    The same bytes are the same statement. Raises `Refused` with field "file" for a file that is
    not whole, of another account, or with a new line of a closed day; nothing of it is kept then.
    """
    require(by, "match_line")
    if file.size > settings.STATEMENT_MAX_BYTES:
        raise wrong(_("This file is too large for a statement."))
    sha256 = _sha256(file)
    statement = BankStatement.objects.filter(sha256=sha256).first()
    was_known = statement is not None
    if statement is None:
        parsed = read(file)
        _refuse_other_account(parsed.account)
        statement, was_known = _write(_completed(parsed), name=file.name, sha256=sha256, by=by)
    return Upload(statement, was_known, matched=match_open(statement.lines.all()))


def _sha256(file) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()


def _refuse_other_account(account: str) -> None:
    """Banks mask the account now and then; the last four characters they show."""
    own = settings.BANK_DEBTOR_ACCOUNT
    is_other = account[-4:] != own[-4:] if "*" in account else account != own
    if account and own and is_other:
        words = {"found": mask(account), "own": mask(own)}
        raise wrong(_("This is a statement of account %(found)s, not of ours (%(own)s).") % words)


def _completed(parsed: ParsedStatement) -> ParsedStatement:
    """With a line for each payment of a batch that was answered as a whole, and no amount open."""
    ours = PaymentAttempt.objects.filter(rail=RailName.BANK_FILE).select_related("payout")
    lines = list(parsed.lines)
    if parsed.batch:
        told = parsed.batch
        lines = [
            ParsedLine(
                booked_on=told.booked_on,
                amount=None,
                says=told.says,
                number=attempt.number,
                code=told.code,
                remark=told.remark,
            )
            for attempt in ours.filter(batch__reference=told.reference).order_by("pk")
        ]
        if not lines:
            words = {"batch": told.reference}
            raise wrong(_("This report is about %(batch)s, which is no batch of ours.") % words)
    silent = {line.number for line in lines if line.amount is None}
    amounts = {row.number: -row.payout.net for row in ours.filter(number__in=silent)}
    for place, line in enumerate(lines):
        if line.amount is None and line.number not in amounts:
            words = {"number": line.number}
            raise wrong(
                _("The report names payment %(number)s, which is not ours, without amount.") % words
            )
        if line.amount is None:
            lines[place] = replace(line, amount=amounts[line.number])
    return replace(parsed, lines=tuple(lines))


@transaction.atomic
def _write(parsed: ParsedStatement, *, name: str, sha256: str, by) -> tuple[BankStatement, bool]:
    one_at_a_time()
    known = BankStatement.objects.filter(sha256=sha256).first()
    if known:
        return known, True
    rows = _rows(parsed)
    prints = [row["fingerprint"] for row in rows]
    old = set(
        StatementLine.objects.filter(fingerprint__in=prints).values_list("fingerprint", flat=True)
    )
    new = [row for row in rows if row["fingerprint"] not in old]
    _refuse_closed_days(new)
    amounts = [row["amount"] for row in rows]
    statement = BankStatement.objects.create(
        kind=parsed.kind,
        name=_clean(name),
        sha256=sha256,
        account_tail=mask(parsed.account) if parsed.account else "",
        currency=parsed.currency,
        opening=parsed.opening,
        closing=parsed.closing,
        count=len(rows),
        repeated=len(old),
        money_in=sum((amount for amount in amounts if amount > 0), ZERO),
        money_out=-sum((amount for amount in amounts if amount < 0), ZERO),
        uploaded_by=by,
    )
    StatementLine.objects.bulk_create(
        [StatementLine(statement=statement, **row) for row in new], batch_size=INSERTED_AT_ONCE
    )
    data = {
        "name": statement.name,
        "sha256": sha256,
        "count": statement.count,
        "repeated": statement.repeated,
        "money_in": statement.money_in,
        "money_out": statement.money_out,
    }
    record(statement, "upload", by=by, data=data)
    return statement, False


def _clean(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[-LONGEST_NAME:]


def _refuse_closed_days(rows: list[dict]) -> None:
    days = {row["booked_on"] for row in rows}
    closed = ClosedDay.objects.filter(day__in=days).order_by("day").first()
    if closed:
        raise wrong(
            _("%(day)s is closed, but this file has a line of it that is not known.")
            % {"day": closed.day}
        )


def _rows(parsed: ParsedStatement) -> list[dict[str, Any]]:
    """The columns of the lines. Of equal lines in one file the first, the second… are told apart,
    so that two files that overlap agree on which is which.
    """
    seen: Counter[str] = Counter()
    rows = []
    for ordinal, line in enumerate(parsed.lines, start=1):
        row = _row(line, ordinal)
        alike = _alike(parsed, line, row)
        seen[alike] += 1
        rows.append(row | {"fingerprint": digest([alike, seen[alike]])})
    return rows


def _row(line: ParsedLine, ordinal: int) -> dict[str, Any]:
    is_masked = "*" in line.account
    index = blind_index(line.account, column="payee.account")
    return {
        "ordinal": ordinal,
        "booked_on": line.booked_on,
        "amount": line.amount,
        "says": line.says,
        "number": line.number,
        "bank_reference": line.bank_reference,
        "holder_name": line.holder_name,
        "account_index": index if line.account and not is_masked else "",
        "account_tail": mask(line.account) if line.account else "",
        "remark": ACCOUNT_IN_TEXT.sub(lambda found: mask(found.group()), line.remark),
        "code": line.code,
    }


def _alike(parsed: ParsedStatement, line: ParsedLine, row: dict[str, Any]) -> str:
    """What makes a line the same line: the bank's own number, else all that it says."""
    is_report = parsed.kind == StatementKind.PAIN002
    of_all = [is_report, parsed.account, line.booked_on, line.amount, line.says, line.number]
    if line.bank_reference and not is_report:
        return digest([*of_all, line.bank_reference])
    told = (row["account_index"], row["account_tail"], line.holder_name, line.remark, line.code)
    return digest([*of_all, line.bank_reference, *told])


@transaction.atomic
def set_aside(line: StatementLine, *, by, reason: str) -> None:
    """Takes a line off the work-list that is about no payout: a fee, interest, a deposit."""
    require(by, "match_line", line)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    refuse_closed(lock(line))
    advance(line, "set_aside", by=by, reason=reason, data={"reason": reason})


@transaction.atomic
def take_up(line: StatementLine, *, by) -> None:
    """Puts a line that was set aside on the work-list again."""
    require(by, "match_line", line)
    refuse_closed(lock(line))
    advance(line, "take_up", by=by, reason="")
