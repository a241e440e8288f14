"""The board as a file: CSV or XLSX, formulas disarmed."""

import csv
import io
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from grants.awards.models import Outcome
from grants.core.policy import require
from grants.events.services import record
from grants.programs.models import Round
from grants.reports.board import Board, BoardChoice, BoardRow
from grants.reports.exports import Format, disarmed
from grants.reviews.models import Recommendation

AT_ONCE = 500


def headers() -> list[str]:
    return [
        _("Rank"), _("Reference"), _("Project"), _("Organisation"), _("Category"),
        _("Reviews"), _("Raw score"), _("Rank by raw score"), _("Calibrated score"),
        _("Interval from"), _("Interval to"), _("Spread"), _("Above the line, percent of draws"),
        _("One reviewer decides"), *(str(word.label) for word in Recommendation),
        _("Asked for"), _("Recommended"), _("Sum down to here"), _("Above the line"),
        _("Decision"),
    ]  # fmt: skip


def cells(row: BoardRow, last_in: int) -> list[object]:
    """The values in the order of `headers`."""
    standing, case = row.standing, row.application
    decision = row.decision
    return [
        row.place.number, disarmed(case.reference), disarmed(case.title),
        disarmed(case.organisation.name), disarmed(row.category),
        standing.reviews, standing.raw, standing.raw_rank, standing.calibrated,
        standing.low, standing.high, standing.spread, row.share,
        _("Yes") if standing.flips else _("No"),
        *(row.recommendations[word.value] for word in Recommendation),
        case.requested_amount, row.recommended, row.place.total,
        _("Yes") if row.place.number <= last_in else _("No"),
        str(Outcome(decision.outcome).label) if decision else "",
    ]  # fmt: skip


def _lines(board: Board) -> Iterator[list]:
    standings = board.everything()
    for start in range(0, len(standings), AT_ONCE):
        for row in board.rows(standings[start : start + AT_ONCE]):
            yield cells(row, board.last_in.number)


def _write_csv(target: BinaryIO, lines: Iterator[list]) -> int:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(headers())
    count = 0
    for line in lines:
        writer.writerow(line)
        count += 1
    text.flush()
    text.detach()
    return count


def _write_xlsx(target: BinaryIO, lines: Iterator[list]) -> int:
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(_("Board"))
    sheet.freeze_panes(1, 2)
    sheet.set_column(1, 4, 20)
    for place, name in enumerate(headers()):
        sheet.write_string(0, place, name, bold)
    count = 0
    for count, line in enumerate(lines, start=1):
        for place, value in enumerate(line):
            if isinstance(value, Decimal | int):
                sheet.write_number(count, place, value)
            elif value:
                sheet.write_string(count, place, str(value))
    book.close()
    return count


WRITERS = {Format.CSV: _write_csv, Format.XLSX: _write_xlsx}


@transaction.atomic
def export_board(round: Round, choice: BoardChoice, form: str, *, by) -> BinaryIO:
    """A temporary file with the chosen rows that the person may see; records who took it.

    Raises `Refused` for a filter that makes no sense.
    """
    require(by, "view_board", round)
    target = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    try:
        count = WRITERS[Format(form)](target, _lines(Board(round, by, choice)))
    except BaseException:
        target.close()
        raise
    data = {"format": str(form), "filter": choice.as_data(), "rows": count}
    record(round, "export_board", by=by, data=data)
    target.seek(0)
    return target
