"""Answers that are rows: groups, budgets, plans, apps."""

from decimal import Decimal

from django.utils.translation import gettext as _

from grants.applications.answers.reading import Wrong, read_text, typed
from grants.core.numbers import read_number
from grants.core.texts import is_blank
from grants.programs.columns import ROW_KINDS, WHOLE_SHARE, columns_of
from grants.programs.models import Question, QuestionKind

Row = dict[str, str]


def has_rows(question: Question) -> bool:
    return question.kind in ROW_KINDS


def as_rows(question: Question, raw: object) -> list[Row]:
    """What was typed as rows of all columns; rows of which nothing would be seen are left out.

    What is no row stands in the first column, so that it is not lost.
    """
    keys = [column.key for column in columns_of(question)]
    values = raw if isinstance(raw, list | tuple) else [raw]
    rows = [_as_row(keys, value) for value in values]
    return [row for row in rows if any(not is_blank(cell) for cell in row.values())]


def _as_row(keys: list[str], value: object) -> Row:
    cells = value if isinstance(value, dict) else {keys[0]: value} if keys else {}
    return {key: _as_cell(cells.get(key, "")) for key in keys}


def _as_cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return typed(value)


def read_rows(question: Question, raw: object) -> tuple[list[Row], dict[str, str]]:
    """The rows, each cell in normal form or as typed, and a sentence for each that is wrong.

    The keys of the sentences are "<row>.<column>", and "" for the whole. The cells of more rows
    than are allowed are kept and not looked at.
    """
    rows, wrong = as_rows(question, raw), {}
    if len(rows) > question.most_rows:
        wrong[""] = _("These are %(count)s rows; at most %(limit)s are allowed.") % {
            "count": len(rows),
            "limit": question.most_rows,
        }
    columns = columns_of(question)
    for number, row in enumerate(rows[: question.most_rows]):
        for column in columns:
            try:
                row[column.key] = read_text(column, row[column.key])
            except Wrong as sentence:
                wrong[f"{number}.{column.key}"] = str(sentence)
    return rows, wrong


def gaps(question: Question, rows: list[Row]) -> dict[str, str]:
    """What is still missing in rows that are right as far as they go, with keys as above."""
    found: dict[str, str] = {}
    if len(rows) < question.least_rows:
        found[""] = _("These are %(count)s rows; at least %(limit)s are needed.") % {
            "count": len(rows),
            "limit": question.least_rows,
        }
    needed = [column.key for column in columns_of(question) if column.is_required]
    for number, row in enumerate(rows[: question.most_rows]):
        for key in needed:
            if not row[key]:
                found[f"{number}.{key}"] = _("Answer this.")
    if question.kind == QuestionKind.PLAN and not found:
        found |= _shares(rows)
    return found


def _shares(rows: list[Row]) -> dict[str, str]:
    total = total_of(rows, "share")
    if total is None or total == WHOLE_SHARE:
        return {}
    return {"": _("The shares sum to %(total)s %%; they must sum to 100 %%.") % {"total": total}}


def total_of(rows: list[Row], column: str) -> Decimal | None:
    """The sum of a column; None where one of its cells is no number."""
    try:
        return sum((read_number(row[column]) for row in rows), Decimal(0))
    except (KeyError, ValueError):
        return None
