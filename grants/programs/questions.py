"""Which settings each kind of question has, and what is wrong with those of one question."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from grants.core.digest import digest
from grants.core.patterns import BadPattern, portable
from grants.core.texts import is_blank
from grants.programs.columns import COLUMN_KINDS, columns_of
from grants.programs.models import FormRule, Question, QuestionKind, Section

RESERVED = {"recommendation", "amount", "confidence", "comment", "title", "requested_amount"}
WORDS = ("label_zh", "label_en", "help_zh", "help_en", "is_required")
_TEXT = ("min_length", "max_length", "limit_unit")
_PATTERN = ("pattern", "pattern_hint_zh", "pattern_hint_en")
_RANGE = ("least", "most")
_ROWS = ("least_rows", "most_rows")
SETTINGS: dict[str, tuple[str, ...]] = {
    QuestionKind.SHORT_TEXT: (*_TEXT, *_PATTERN),
    QuestionKind.LONG_TEXT: _TEXT,
    QuestionKind.NUMBER: _RANGE,
    QuestionKind.MONEY: _RANGE,
    QuestionKind.CHOICE: ("options",),
    QuestionKind.CHOICES: ("options",),
    QuestionKind.YES_NO: (),
    QuestionKind.DATE: (),
    QuestionKind.LINK: (),
    QuestionKind.FILE: ("file_kinds", "file_megabytes"),
    QuestionKind.GROUP: ("columns", *_ROWS),
    QuestionKind.BUDGET: _ROWS,
    QuestionKind.PLAN: _ROWS,
    QuestionKind.APP: _ROWS,
}
ALL_SETTINGS = tuple(dict.fromkeys(name for names in SETTINGS.values() for name in names))
ONLY_OUTSIDE_A_GROUP = ("columns", "file_kinds", "file_megabytes", *_ROWS)
FILE_KINDS = ("pdf", "png", "jpg", "jpeg", "docx", "xlsx", "pptx", "txt", "csv")
MOST_MEGABYTES = 200
MOST_OPTIONS = 500
MOST_COLUMNS = 20
LONGEST_TEXT = 100_000
LONGEST_VALUE = 80
LONGEST_OPTION = 200


def mark_of(thing: Section | Question | FormRule) -> str:
    """Changes whenever what the thing says changes; its place in the form does not count."""
    left_out = {"id", "form", "section", "position"}
    fields = [field for field in thing._meta.concrete_fields if field.name not in left_out]
    return digest({field.name: _plain(getattr(thing, field.attname)) for field in fields})[:16]


def _plain(value):
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def without_foreign_settings(question: Question) -> Question:
    """Sets what its kind does not have back to nothing."""
    for name in ALL_SETTINGS:
        if name not in SETTINGS.get(question.kind, ()):
            setattr(question, name, getattr(Question(), name))
    return question


def question_problems(question: Question) -> dict[str, str]:
    """One sentence for each field that is wrong; of an option by `options.<row>.<part>`."""
    found: dict[str, str] = {}
    try:
        question.clean_fields(exclude=["section", "position", "show_when", "options", "columns"])
    except ValidationError as wrong:
        found = {field: " ".join(texts) for field, texts in wrong.message_dict.items()}
    for check in (_key, _length, _pattern, _range, _rows, _files):
        for field, sentence in check(question).items():
            found.setdefault(field, sentence)
    if "options" in SETTINGS.get(question.kind, ()):
        found |= option_problems(question.options)
    if question.kind == QuestionKind.GROUP:
        found |= column_problems(question)
    return found


def _key(question: Question) -> dict[str, str]:
    if question.key in RESERVED:
        return {"key": _("This key is taken by the portal. Choose another one.")}
    return {}


def _length(question: Question) -> dict[str, str]:
    least, most = question.min_length, question.max_length
    if most is not None and not 1 <= most <= LONGEST_TEXT:
        return {"max_length": _("Give a limit from 1 to %(most)s.") % {"most": f"{LONGEST_TEXT:,}"}}
    if least is not None and least > (LONGEST_TEXT if most is None else most):
        return {"min_length": _("The shortest is not more than the longest.")}
    return {}


def _pattern(question: Question) -> dict[str, str]:
    if not question.pattern:
        return {}
    try:
        portable(question.pattern)
    except BadPattern as wrong:
        return {"pattern": str(wrong)}
    return {
        name: _("Say in words what is expected: the pattern alone tells nobody.")
        for name in ("pattern_hint_zh", "pattern_hint_en")
        if is_blank(getattr(question, name))
    }


def _range(question: Question) -> dict[str, str]:
    least, most = question.least, question.most
    if isinstance(least, Decimal) and isinstance(most, Decimal) and least > most:
        return {"least": _("The least is not more than the most.")}
    if question.kind == QuestionKind.MONEY and isinstance(least, Decimal) and least < 0:
        return {"least": _("An amount is never less than nothing.")}
    return {}


def _rows(question: Question) -> dict[str, str]:
    least, most = question.least_rows, question.most_rows
    if not isinstance(least, int) or not isinstance(most, int):
        return {}
    if not 1 <= most <= 100:
        return {"most_rows": _("Give from 1 to 100 rows.")}
    if least > most:
        return {"least_rows": _("The fewest rows are not more than the most.")}
    return {}


def _files(question: Question) -> dict[str, str]:
    kinds, most = question.file_kinds, question.file_megabytes
    if not isinstance(kinds, list) or any(kind not in FILE_KINDS for kind in kinds):
        return {"file_kinds": _("Choose from: %(kinds)s.") % {"kinds": ", ".join(FILE_KINDS)}}
    if most is not None and not 1 <= most <= MOST_MEGABYTES:
        return {"file_megabytes": _("Give from 1 to %(most)s MB.") % {"most": MOST_MEGABYTES}}
    return {}


def option_problems(options: object) -> dict[str, str]:
    if not isinstance(options, list) or not options:
        return {"options": _("Give the options of the choice.")}
    if len(options) > MOST_OPTIONS:
        return {"options": _("A choice has at most %(most)s options.") % {"most": MOST_OPTIONS}}
    found: dict[str, str] = {}
    seen: set[str] = set()
    for number, option in enumerate(options):
        if not isinstance(option, dict) or set(option) != {"value", "zh", "en"}:
            return {"options": _("An option has a value and words in both languages.")}
        for part, most in (
            ("value", LONGEST_VALUE),
            ("zh", LONGEST_OPTION),
            ("en", LONGEST_OPTION),
        ):
            if sentence := _short_text_problem(option[part], most):
                found[f"options.{number}.{part}"] = sentence
        if f"options.{number}.value" in found:
            continue
        if option["value"] in seen:
            found[f"options.{number}.value"] = _("Each option needs a value of its own.")
        seen.add(option["value"])
    return found


def _short_text_problem(text: object, most: int) -> str:
    if not isinstance(text, str) or is_blank(text):
        return _("Fill this in, in both languages.")
    if len(text) > most:
        return _("At most %(most)s characters.") % {"most": most}
    if any(ord(sign) < 32 for sign in text):
        return _("Leave out what cannot be printed.")
    return ""


def column_problems(group: Question) -> dict[str, str]:
    """What is wrong with the columns of a group, by `columns.<row>.<field>`. None yet is right."""
    if len(group.columns) > MOST_COLUMNS:
        return {"columns": _("A group has at most %(most)s columns.") % {"most": MOST_COLUMNS}}
    found: dict[str, str] = {}
    seen: set[str] = set()
    for number, column in enumerate(columns_of(group)):
        wrong = question_problems(column)
        if column.kind not in COLUMN_KINDS:
            wrong = {"kind": _("A column is of a simple kind.")}
        if column.key in seen:
            wrong["key"] = _("Another column has this key.")
        seen.add(column.key)
        found |= {f"columns.{number}.{field}": sentence for field, sentence in wrong.items()}
    return found


def as_column(question: Question) -> dict:
    """A question as a column of a group is kept; `columns.columns_of` reads it back."""
    kept = {"key": question.key, "kind": question.kind}
    for name in (*WORDS, *SETTINGS[question.kind]):
        value = getattr(question, name)
        if value not in ("", None, []):
            kept[name] = _plain(value)
    return kept


def fresh_key(label: str, taken: Iterable[str], usual: str) -> str:
    """A key from English words that nobody has yet: `team-size`, `team-size-2`."""
    taken = set(taken) | RESERVED
    stem = slugify(label)[:34].strip("-_") or usual
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
