"""Answers that are rows: a small form for each row, and what stands under all of them.

The rows work without JavaScript: the buttons `add` (value: question key) and `drop` (value:
`<key>-<row>`) are sent with everything that was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django import forms
from django.utils.translation import gettext as _

from grants.applications.answers import as_rows
from grants.core.numbers import read_number
from grants.core.texts import is_blank
from grants.programs.columns import WHOLE_SHARE, columns_of
from grants.programs.models import Question, QuestionKind
from grants.web.forms.fields import field_of

BLANK = "__row__"
MOST_SPARE = 20
SUMMED = {QuestionKind.BUDGET: "amount", QuestionKind.PLAN: "share"}
_SIGNS = {0: "same", -1: "less", 1: "more"}

Row = Mapping[str, str]


class RowForm(forms.Form):
    """The cells of one row, a field of each by the key of its column."""

    use_required_attribute = False

    def __init__(self, columns: list[Question], values: Row, *, prefix: str):
        data = {f"{prefix}-{column.key}": values.get(column.key, "") for column in columns}
        super().__init__(data, prefix=prefix)
        for column in columns:
            self.fields[column.key] = field_of(column)


@dataclass(frozen=True)
class Line:
    """A row on the page: its number in the names of its fields, and its place for people."""

    number: int | str
    place: int | str
    form: RowForm


@dataclass
class Rows:
    """The rows of a question as they stand on the page: typed ones, and blank ones to fill."""

    question: Question
    values: list[Row]
    amount: Decimal | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"q-{self.question.key}"

    @cached_property
    def columns(self) -> list[Question]:
        columns = columns_of(self.question)
        if self.question.kind != QuestionKind.GROUP:
            for column in columns:  # their limits are far: a count under each would only be noise
                column.max_length = None
        return columns

    @cached_property
    def lines(self) -> list[Line]:
        return [
            Line(number, number + 1, RowForm(self.columns, row, prefix=f"{self.name}-{number}"))
            for number, row in enumerate(self.values)
        ]

    @property
    def blank(self) -> Line:
        return Line(BLANK, BLANK, RowForm(self.columns, {}, prefix=f"{self.name}-{BLANK}"))

    @property
    def may_grow(self) -> bool:
        return len(self.values) < self.question.most_rows

    @property
    def add_label(self) -> str:
        if self.question.kind == QuestionKind.PLAN:
            return _("Add a milestone")
        if self.question.kind == QuestionKind.APP:
            return _("Add an app")
        return _("Add another")

    @property
    def sum_of(self) -> str:
        """The column whose sum stands under the rows, or ""."""
        return SUMMED.get(QuestionKind(self.question.kind), "")

    @property
    def target(self) -> Decimal | None:
        """What the sum must be, where that is known."""
        if self.question.kind == QuestionKind.PLAN:
            return WHOLE_SHARE
        return self.amount if self.question.kind == QuestionKind.BUDGET else None

    @property
    def total(self) -> Decimal:
        """The sum of what can be read as a number."""
        return sum((_number(row.get(self.sum_of, "")) for row in self.values), Decimal(0))

    @property
    def sum_words(self) -> dict[str, str]:
        """What stands beside the sum; the page's script takes the same words."""
        if self.question.kind == QuestionKind.PLAN:
            return {
                "same": _("All of the award is planned."),
                "less": _("{n} percent are not planned yet."),
                "more": _("{n} percent too many."),
            }
        return {
            "same": _("This is the amount that you ask for."),
            "less": _("¥{n} less than the amount that you ask for."),
            "more": _("¥{n} more than the amount that you ask for."),
        }

    @property
    def verdict(self) -> str:
        """same, less or more: the sum against what it must be; "" where that is unknown."""
        if self.target is None:
            return ""
        return _SIGNS[(self.total > self.target) - (self.total < self.target)]

    @property
    def told(self) -> str:
        if not self.verdict:
            return ""
        difference = abs(self.total - (self.target or 0))
        number = f"{difference:,.2f}" if self.is_money else f"{difference.normalize():f}"
        return self.sum_words[self.verdict].replace("{n}", number)

    @property
    def is_money(self) -> bool:
        return self.question.kind == QuestionKind.BUDGET

    @property
    def total_text(self) -> str:
        return f"¥{self.total:,.2f}" if self.is_money else f"{self.total.normalize() + 0:f} %"

    def add_error(self, part: str, sentence: str) -> None:
        """At a cell ("<row>.<column>" of the rows that are not blank), or above all of them."""
        number, _dot, column = part.partition(".")
        if not part:
            self.errors.append(sentence)
            return
        filled = [at for at, row in enumerate(self.values) if not _is_blank(row)]
        self.lines[filled[int(number)]].form.add_error(column, sentence)


def _is_blank(row: Row) -> bool:
    return all(is_blank(cell) for cell in row.values())


def _number(text: str) -> Decimal:
    try:
        return read_number(text.strip().lstrip("¥￥"))
    except ValueError:
        return Decimal(0)


def stored_rows(question: Question, answer: object) -> list[Row]:
    """The rows of an answer, with blank ones up to the fewest that are asked for."""
    rows: list[Row] = list(as_rows(question, answer))
    return rows + [{}] * (max(question.least_rows, 1) - len(rows))


def posted_rows(question: Question, data: Mapping[str, str]) -> list[Row]:
    """The rows that were sent, after the button for one more or one less."""
    name = f"q-{question.key}"
    keys = [column.key for column in columns_of(question)]
    rows: list[Row] = [
        {key: data.get(f"{name}-{number}-{key}", "") for key in keys}
        for number in range(_count(question, data))
    ]
    dropped = data.get("drop", "")
    key, _dash, number = dropped.rpartition("-")
    if key == question.key and number.isascii() and number.isdigit() and int(number) < len(rows):
        del rows[int(number)]
    if data.get("add") == question.key and len(rows) < question.most_rows:
        rows.append({})
    return rows or [{}]


def _count(question: Question, data: Mapping[str, str]) -> int:
    sent = data.get(f"q-{question.key}-rows", "")
    if not sent.isascii() or not sent.isdigit() or len(sent) > 4:
        return 0
    return min(int(sent), question.most_rows + MOST_SPARE)
