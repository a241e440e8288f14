"""The payout register as a file: CSV or XLSX, with its totals and its SHA-256."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from grants.core.policy import require
from grants.events.services import record
from grants.payouts.lifecycle import PayoutState
from grants.payouts.models import PayeeKind
from grants.programs.models import Fund
from grants.reports.register import Choice, Total, rows, visible_payouts, whole

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What one sheet of Excel holds is 1,048,576 rows: header and totals fit in as well.
SHEET_ROWS = 1_000_000
PROGRESS_EVERY = 1000
MONEY, MOMENT, TEXT, COUNT = "money", "moment", "text", "count"


class Format(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


@dataclass(frozen=True)
class Exported:
    """What was written: how many rows, their totals by currency, the file's SHA-256 and size."""

    count: int
    totals: list[Total]
    sha256: str
    size: int


def headers() -> list[tuple[str, str, int]]:
    """Name, kind and width of each column, in the language that is active."""
    return [
        (_("Payout"), TEXT, 18),
        (_("Award"), TEXT, 18),
        (_("Application"), TEXT, 18),
        (_("Organisation"), TEXT, 30),
        (_("Unified social credit code"), TEXT, 22),
        (_("Program"), TEXT, 20),
        (pgettext("a dated call of a program", "Round"), TEXT, 24),
        (_("Milestone no."), COUNT, 10),
        (_("Milestone"), TEXT, 28),
        (_("Gross"), MONEY, 18),
        (_("Withheld"), MONEY, 16),
        (_("Net"), MONEY, 18),
        (_("Currency"), TEXT, 9),
        (_("Payee's bank"), TEXT, 24),
        (_("Account"), TEXT, 14),
        (_("Rail"), TEXT, 10),
        (_("Payment number"), TEXT, 22),
        (_("State"), TEXT, 16),
        (_("Became due at"), MOMENT, 19),
        (_("Sent at"), MOMENT, 19),
        (_("Paid at"), MOMENT, 19),
        (_("Batch"), TEXT, 18),
        (_("Prepared by"), TEXT, 18),
        (_("Approved by"), TEXT, 18),
    ]


def disarmed(text: str | None) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    text = text or ""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def _cells(row, states: dict[str, str], kinds: dict[str, str]) -> list:
    """The values in the order of `headers`: texts disarmed, instants as the portal's local time."""
    attempt = row.attempt or {"number": "", "rail": ""}
    payee = (row.bank or kinds[row.payee_kind], row.account, attempt["rail"], attempt["number"])
    return [
        *map(disarmed, (row.reference, row.award, row.application, row.organisation)),
        *map(disarmed, (row.credit_code, row.program, row.round)),
        row.milestone_number,
        disarmed(row.milestone_title),
        row.gross,
        row.withheld,
        row.net,
        row.money,
        *map(disarmed, payee),
        states[row.state],
        _local(row.due_at),
        _local(row.sent_at),
        _local(row.paid_at),
        *map(disarmed, (row.batch_reference, row.prepared_by, row.approved_by)),
    ]


def _local(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return timezone.make_naive(at, timezone.get_default_timezone()).replace(microsecond=0)


class Tally:
    """Sums what passes, by currency."""

    def __init__(self) -> None:
        self.sums: dict[str, Total] = {}

    def add(self, row) -> None:
        total = self.sums.setdefault(row.money, Total(row.money))
        total.add(1, row.gross, row.withheld, row.net)

    def totals(self) -> list[Total]:
        return whole(list(self.sums.values()))


def _write_csv(target: BinaryIO, table: Iterable[list], _tally: Tally) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([name for name, _kind, _width in headers()])
    writer.writerows(table)
    text.flush()
    text.detach()


class _Workbook:
    """Sheets that are written once, from the top: a row that was left is no longer in memory."""

    def __init__(self, target: BinaryIO):
        self.book = xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": False})
        self.bold = self.book.add_format({"bold": True, "bottom": 1})
        self.total = self.book.add_format({"bold": True, "top": 1})
        self.total_money = self.book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"})
        self.formats = {
            MONEY: self.book.add_format({"num_format": "#,##0.00"}),
            MOMENT: self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            TEXT: self.book.add_format({"num_format": "@"}),
            COUNT: self.book.add_format({"num_format": "0"}),
        }
        self.columns = headers()
        self.number = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self.number += 1
        name = _("Payouts")
        self.sheet = self.book.add_worksheet(name if self.number == 1 else f"{name} {self.number}")
        self.sheet.freeze_panes(1, 1)
        self.line = 0
        for place, (name, _kind, width) in enumerate(self.columns):
            self.sheet.set_column(place, place, width)
            self.sheet.write_string(0, place, name, self.bold)

    def add(self, cells: list) -> None:
        if self.line == SHEET_ROWS:
            self._begin_sheet()
        self.line += 1
        for place, (value, (_name, kind, _width)) in enumerate(
            zip(cells, self.columns, strict=True)
        ):
            self._put(self.line, place, value, self.formats[kind])

    def _put(self, line: int, place: int, value, form) -> None:
        if isinstance(value, datetime):
            self.sheet.write_datetime(line, place, value, form)
        elif isinstance(value, Decimal | int):
            self.sheet.write_number(line, place, value, form)
        elif value:
            self.sheet.write_string(line, place, value, form)

    def close(self, totals: list[Total]) -> None:
        for line, total in enumerate(totals, start=self.line + 1):
            self.sheet.write_string(line, 0, _("Total"), self.total)
            self.sheet.write_number(line, 1, total.count, self.total)
            amounts = iter((total.gross, total.withheld, total.net))
            for place, (_name, kind, _width) in enumerate(self.columns):
                if kind == MONEY:
                    self.sheet.write_number(line, place, next(amounts), self.total_money)
            self.sheet.write_string(line, 12, total.currency, self.total)
        self.book.close()


def _write_xlsx(target: BinaryIO, table: Iterable[list], tally: Tally) -> None:
    book = _Workbook(target)
    for cells in table:
        book.add(cells)
    book.close(tally.totals())


WRITERS = {Format.CSV: _write_csv, Format.XLSX: _write_xlsx}


def write_register(
    target: BinaryIO,
    payouts,
    form: str,
    *,
    progress: Callable[[int], None] = lambda count: None,
) -> Exported:
    """Writes the register of `payouts` to a file that can be read back; calls `progress` with rows.

    The totals are summed from the very rows that are written.
    """
    tally = Tally()
    WRITERS[Format(form)](target, _table(rows(payouts), tally, progress), tally)
    size = target.seek(0, io.SEEK_END)
    target.seek(0)
    sha256 = hashlib.file_digest(target, "sha256").hexdigest()  # type: ignore[arg-type]
    target.seek(0)
    totals = tally.totals()
    return Exported(sum(total.count for total in totals), totals, sha256, size)


def _table(source: Iterator, tally: Tally, progress: Callable[[int], None]) -> Iterator[list]:
    states = {value: str(label) for value, label in PayoutState.choices}
    kinds = {value: str(label) for value, label in PayeeKind.choices}
    count = 0
    for count, row in enumerate(source, start=1):
        tally.add(row)
        yield _cells(row, states, kinds)
        if count % PROGRESS_EVERY == 0:
            progress(count)
    progress(count)


@transaction.atomic
def export_register(
    target: BinaryIO, choice: Choice, form: str, *, by, progress=lambda count: None
) -> Exported:
    """Writes the chosen payouts to `target` and records who took what, with total and SHA-256.

    The event stands with the person; with each fund where the machine's operator (`None`) exports.
    Raises `Refused` for days in the wrong order.
    """
    require(by, "export_payouts")
    done = write_register(target, choice.of(visible_payouts(by)), form, progress=progress)
    data = {
        "format": str(form),
        "filter": choice.as_data(),
        "rows": done.count,
        "totals": {total.currency: total.net for total in done.totals},
        "sha256": done.sha256,
    }
    for thing in [by] if by else Fund.objects.order_by("pk"):
        record(thing, "export_payouts", by=by, data=data)
    return done
