"""An answer as plain words: on paper, in an archive, beside what it was before."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from grants.core.bilingual import pick
from grants.core.dates import in_words
from grants.core.numbers import read_day, read_number
from grants.programs.models import Question, QuestionKind


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
    if question.kind == QuestionKind.CHOICES and isinstance(value, list):
        options = dict(question.choices)
        return Words([str(options.get(one, one)) for one in value])
    if isinstance(value, list):
        return _table(question, [row for row in value if isinstance(row, dict)])
    return Words(_text(question, str(value)).split("\n"))


def _table(question: Question, rows: list[dict]) -> Words:
    columns = heads_of(question) or {key: key for row in rows for key in row}
    kinds = {column["key"]: column for column in question.columns}
    return Words(
        heads=list(columns.values()),
        rows=[
            [_cell(kinds.get(key, {}), str(row.get(key, ""))) for key in columns] for row in rows
        ],
    )


def _cell(column: dict, text: str) -> str:
    words = {option["value"]: pick(option) for option in column.get("options", [])}
    if column.get("kind") == QuestionKind.YES_NO:
        words = {"yes": _("Yes"), "no": _("No")}
    return words.get(text, text)


def heads_of(question: Question) -> dict[str, str]:
    """The heads of the columns of a question with rows, by their keys."""
    match question.kind:
        case QuestionKind.GROUP:
            return {
                column["key"]: pick(
                    {"zh": column.get("label_zh", ""), "en": column.get("label_en", "")}
                )
                for column in question.columns
            }
        case QuestionKind.BUDGET:
            return {
                "item": _("Item"),
                "amount": _("Amount"),
                "note": pgettext("of a row of a budget", "Note"),
            }
        case QuestionKind.PLAN:
            return {
                "title": _("Milestone"),
                "due_on": pgettext("a milestone", "Due on"),
                "share": _("Share in percent"),
            }
        case QuestionKind.APP:
            return {
                "package_name": _("Package name"),
                "store_link": _("Link to the store"),
                "category": _("Category"),
                "device_share": _("Share of devices in percent"),
            }
    return {}


def _text(question: Question, text: str) -> str:
    try:
        match question.kind:
            case QuestionKind.YES_NO:
                return {"yes": _("Yes"), "no": _("No")}.get(text, text)
            case QuestionKind.CHOICE:
                return str(dict(question.choices).get(text, text))
            case QuestionKind.DATE:
                return in_words(read_day(text), "date")
            case QuestionKind.MONEY:
                return f"¥{read_number(text):,.2f}"
    except ValueError:
        return text
    return text
