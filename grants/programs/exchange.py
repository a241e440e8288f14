"""A form as JSON, to carry it to another round or portal. The format is told in docs/forms.md."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.programs.columns import columns_of
from grants.programs.models import FormRule, LimitUnit, Question, QuestionKind, Section
from grants.programs.questions import SETTINGS, as_column, without_foreign_settings
from grants.programs.selectors import Outline

FORMAT = "grant-form"
VERSION = 1
MOST_BYTES = 2 * 1024 * 1024
TEXTS = ("label", "help")
DECIMALS = ("least", "most")
NUMBERS = (
    "min_length", "max_length", "least_rows", "most_rows", "file_megabytes",
)  # fmt: skip
WORDS = ("limit_unit", "pattern")
LISTS = ("options", "file_kinds")


def as_json(outline: Outline) -> str:
    """The whole form; what was left as it usually is does not stand in it."""
    return json.dumps(as_data(outline), ensure_ascii=False, indent=2) + "\n"


def as_data(outline: Outline) -> dict:
    return {
        "format": FORMAT,
        "version": VERSION,
        "sections": [
            {
                "title": _pair(section, "title"),
                **_filled({"help": _pair(section, "help"), "show_when": section.show_when}),
                "questions": [_question(question) for question in section.questions.all()],
            }
            for section in outline.sections
        ],
        "rules": [
            {
                "expression": rule.expression,
                "message": _pair(rule, "message"),
                **_filled({"question": rule.question_key}),
            }
            for rule in outline.rules
        ],
    }


def _pair(thing, name: str) -> dict:
    return _filled({"zh": getattr(thing, f"{name}_zh"), "en": getattr(thing, f"{name}_en")})


def _filled(values: dict) -> dict:
    return {name: value for name, value in values.items() if value not in ("", None, {}, [])}


def _question(question: Question) -> dict:
    written = {
        "key": question.key,
        "kind": question.kind,
        "label": _pair(question, "label"),
        "required": question.is_required,
        **_filled({"help": _pair(question, "help"), "show_when": question.show_when}),
    }
    for name in SETTINGS[question.kind]:
        if name in DECIMALS and getattr(question, name) is not None:
            written[name] = format(getattr(question, name).normalize(), "f")
        elif name in (*NUMBERS, *WORDS, *LISTS):
            written |= _filled({name: getattr(question, name)})
    if question.pattern:
        written["pattern_hint"] = _pair(question, "pattern_hint")
    if question.kind == QuestionKind.GROUP:
        written["columns"] = [_question(column) for column in columns_of(question)]
    return written


def parts_from(raw: bytes) -> tuple[list[tuple[Section, list[Question]]], list[FormRule]]:
    """The parts that a file describes, not saved and not checked beyond their shape.

    Raises `Refused` with a sentence that says where the file is wrong.
    """
    data = Node("", _read(raw), {"format", "version", "sections", "rules"})
    if data.text("format") != FORMAT or data.number("version") != VERSION:
        raise Refused(_("This is no form of this portal, or one of another version."), field="file")
    sections = []
    for position, part in enumerate(data.parts("sections", _SECTION), start=1):
        section = Section(
            position=position,
            **part.pair("title"),
            **part.pair("help"),
            show_when=part.mapping("show_when"),
        )
        rows = part.parts("questions", _QUESTION)
        sections.append((section, [_from(row, place) for place, row in enumerate(rows, start=1)]))
    rules = [
        FormRule(
            position=position,
            expression=part.text("expression"),
            question_key=part.text("question"),
            **part.pair("message"),
        )
        for position, part in enumerate(data.parts("rules", _RULE), start=1)
    ]
    return sections, rules


_SECTION = {"title", "help", "show_when", "questions"}
_RULE = {"expression", "message", "question"}
_COLUMN = {
    "key", "kind", "required", "pattern_hint",
    *TEXTS, *DECIMALS, *NUMBERS, *WORDS, *LISTS,
}  # fmt: skip
_QUESTION = _COLUMN | {"columns", "show_when"}


def _read(raw: bytes) -> object:
    if len(raw) > MOST_BYTES:
        most = _("A form has at most %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024}
        raise Refused(most, field="file")
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(_("This file is no JSON that can be read."), field="file") from None


def _no_number(word: str):
    raise ValueError(word)


def _from(part: "Node", position: int) -> Question:
    kind = part.text("kind")
    if kind not in QuestionKind.values:
        raise part.wrong("kind", _("is no kind of question"))
    question = Question(
        key=part.text("key"),
        kind=kind,
        position=position,
        is_required=part.truth("required", default=True),
        show_when=part.mapping("show_when"),
        limit_unit=part.text("limit_unit") or LimitUnit.CHARACTERS,
        pattern=part.text("pattern"),
        options=part.rows("options"),
        file_kinds=part.rows("file_kinds"),
        **{name: part.decimal(name) for name in DECIMALS},
        **{name: number for name in NUMBERS if (number := part.number(name)) is not None},
        **part.pair("label"),
        **part.pair("help"),
        **part.pair("pattern_hint"),
    )
    if kind == QuestionKind.GROUP:
        columns = part.parts("columns", _COLUMN)
        question.columns = [as_column(_from(column, 1)) for column in columns]
    return without_foreign_settings(question)


class Node:
    """An object of the file that knows where it stands, to say what is wrong there."""

    def __init__(self, path: str, data: object, known: set[str]):
        self.path = path
        if not isinstance(data, dict):
            raise Refused(_("“%(path)s” is no object.") % {"path": path or "/"}, field="file")
        self.data: Mapping = data
        for name in sorted(set(data) - known):
            raise self.wrong(name[:60], _("is not known here"))

    def wrong(self, name: str, why: str) -> Refused:
        where = f"{self.path}/{name}"
        return Refused(_("“%(path)s” %(why)s.") % {"path": where, "why": why}, field="file")

    def text(self, name: str) -> str:
        value = self.data.get(name, "")
        if not isinstance(value, str):
            raise self.wrong(name, _("is no text"))
        if "\0" in value:
            raise self.wrong(name, _("has a sign that cannot be kept"))
        return value

    def truth(self, name: str, *, default: bool) -> bool:
        value = self.data.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, _("is neither true nor false"))
        return value

    def number(self, name: str) -> int | None:
        value = self.data.get(name)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (is_number and 0 <= value < 2**15 * 1000):
            raise self.wrong(name, _("is no whole number that fits"))
        return value

    def decimal(self, name: str) -> Decimal | None:
        value = self.data.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 24:
                raise InvalidOperation
            number = Decimal(str(value))
            if not number.is_finite():
                raise InvalidOperation
        except (InvalidOperation, ValueError):
            raise self.wrong(name, _("is no number, such as “12.5”")) from None
        return number

    def pair(self, name: str) -> dict[str, str]:
        part = Node(f"{self.path}/{name}", self.data.get(name, {}), {"zh", "en"})
        return {f"{name}_zh": part.text("zh"), f"{name}_en": part.text("en")}

    def mapping(self, name: str) -> dict:
        value = self.data.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, _("is no object"))
        return self._without_null(name, value)

    def rows(self, name: str) -> list:
        return self._without_null(name, self._list(name))

    def _list(self, name: str) -> list:
        value = self.data.get(name, [])
        if not isinstance(value, list):
            raise self.wrong(name, _("is no list"))
        return value

    def _without_null(self, name: str, value):
        if "\\u0000" in json.dumps(value):
            raise self.wrong(name, _("has a sign that cannot be kept"))
        return value

    def parts(self, name: str, known: set[str]) -> list["Node"]:
        path = f"{self.path}/{name}"
        rows = self._list(name)
        return [Node(f"{path}/{number}", row, known) for number, row in enumerate(rows)]
