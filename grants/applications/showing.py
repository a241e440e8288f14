"""Answers as people read them: words, amounts, days and tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from grants.applications.answers import as_rows, total_of
from grants.core.bilingual import pick
from grants.core.links import is_link
from grants.core.numbers import read_day
from grants.programs.columns import ROW_KINDS, columns_of
from grants.programs.models import Question, QuestionKind

NUMBERS = (QuestionKind.NUMBER, QuestionKind.MONEY)
TOTALS = {QuestionKind.BUDGET: "amount", QuestionKind.PLAN: "share"}


@dataclass(frozen=True)
class Cell:
    """`kind` is money, date, link or text; of a value that is not right it is text."""

    label: str
    kind: str
    value: object
    is_number: bool
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """The rows of an answer. `total` sums what a budget or a plan must sum up."""

    columns: list[Question]
    rows: list[list[Cell]]
    total: Cell | None

    @property
    def numbers(self) -> list[tuple[str, bool]]:
        """The heads of the columns, and whether numbers stand below them."""
        return [(column.label, column.kind in NUMBERS) for column in self.columns]


def value_of(question: Question, answer: object) -> object:
    """A `Decimal` of money, a `date`, a `Table`, else words; what is not right as it was typed.

    Several choices stand on lines of their own.
    """
    if question.kind in ROW_KINDS:
        return table_of(question, answer, {}) if answer else ""
    if question.kind == QuestionKind.CHOICES:
        chosen = answer if isinstance(answer, list) else [answer]
        return "\n".join(_words(question, str(value)) for value in chosen)
    text = str(answer)
    try:
        match question.kind:
            case QuestionKind.MONEY:
                return Decimal(text) if text else ""
            case QuestionKind.DATE:
                return read_day(text)
    except (InvalidOperation, ValueError):
        return text
    return _words(question, text)


def _words(question: Question, text: str) -> str:
    if question.kind == QuestionKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(text, text)
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        return {option["value"]: pick(option) for option in question.options}.get(text, text)
    return text


def table_of(question: Question, answer: object, problems: Mapping[str, str]) -> Table:
    """The rows of an answer, each cell with what is wrong with it."""
    columns, given = columns_of(question), as_rows(question, answer)
    rows = [
        [
            _cell(column, row[column.key], problems.get(f"{question.key}.{number}.{column.key}"))
            for column in columns
        ]
        for number, row in enumerate(given)
    ]
    return Table(columns, rows, _total(question, columns, given))


def _cell(column: Question, text: str, problem: str | None = "") -> Cell:
    value, kind = value_of(column, text), "text"
    if isinstance(value, Decimal):
        kind = "money"
    elif column.kind == QuestionKind.DATE and not isinstance(value, str):
        kind = "date"
    elif column.kind == QuestionKind.LINK and is_link(text):
        kind = "link"
    return Cell(column.label, kind, value, column.kind in NUMBERS, problem or "")


def _total(question: Question, columns: list[Question], rows: list[dict[str, str]]) -> Cell | None:
    key = TOTALS.get(QuestionKind(question.kind))
    total = total_of(rows, key) if key else None
    if total is None or not rows:
        return None
    column = next(column for column in columns if column.key == key)
    is_money = column.kind == QuestionKind.MONEY
    return Cell(column.label, "money" if is_money else "text", total, True)
