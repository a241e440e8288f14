"""An answer as plain words: on paper, in an archive, beside what it was before."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from grants.applications.showing import Table, value_of
from grants.core.dates import in_words
from grants.programs.models import Question


@dataclass(frozen=True)
class Words:
    """Paragraphs, or the rows of a table under their heads."""

    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it on lines of its own."""
        return "\n".join([*self.lines, *(" · ".join(filter(None, row)) for row in self.rows)])


def in_plain_words(question: Question, value: object) -> Words:
    """What was answered. A value that is not right stands as it was typed."""
    if not value:
        return Words()
    shown = value_of(question, value)
    if isinstance(shown, Table):
        return Words(
            heads=[column.label for column in shown.columns],
            rows=[[_plain(cell.value) for cell in row] for row in shown.rows],
        )
    return Words(_plain(shown).split("\n"))


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"¥{value:,.2f}"
    return in_words(value, "date") if isinstance(value, date) else str(value)
