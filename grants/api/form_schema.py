"""The questions of a form as JSON Schema 2020-12."""

from grants.core.bilingual import pick
from grants.programs.models import FormVersion, Question, QuestionKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHAPES: dict[str, dict] = {
    QuestionKind.SHORT_TEXT: {"type": "string"},
    QuestionKind.LONG_TEXT: {"type": "string"},
    QuestionKind.NUMBER: {"type": ["string", "number"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    QuestionKind.MONEY: {"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,2})?$"},
    QuestionKind.CHOICE: {"type": "string"},
    QuestionKind.YES_NO: {"type": "string", "enum": ["yes", "no"]},
    QuestionKind.DATE: {"type": "string", "format": "date"},
    QuestionKind.LINK: {"type": "string", "format": "uri"},
    QuestionKind.FILE: {"type": "array", "items": {"type": "string"}, "readOnly": True},
}


def form_schema(form: FormVersion) -> dict:
    """The schema of the whole `answers`. Files are read-only there: they are uploaded.

    `x-kind` is the kind of a question, `x-required` says of a file that it must be uploaded.
    """
    sections = form.sections.prefetch_related("questions")
    questions = [
        question
        for section in sections
        for question in sorted(section.questions.all(), key=lambda question: question.position)
    ]
    return {
        "$schema": DIALECT,
        "title": form.round.title,
        "type": "object",
        "properties": {question.key: _property(question) for question in questions},
        "required": [
            question.key
            for question in questions
            if question.is_required and question.kind != QuestionKind.FILE
        ],
        "additionalProperties": False,
        "x-version": form.number,
        "x-sections": [
            {
                "title": section.title,
                "questions": [q.key for q in questions if q.section_id == section.pk],
            }
            for section in sections
        ],
    }


def _property(question: Question) -> dict:
    shape = {"title": question.label, **SHAPES[question.kind], "x-kind": question.kind}
    if question.help:
        shape["description"] = question.help
    if question.max_length:
        shape["maxLength"] = question.max_length
    if question.is_required and question.kind != QuestionKind.FILE and shape["type"] == "string":
        shape["minLength"] = 1
    if question.kind == QuestionKind.CHOICE:
        shape["oneOf"] = [
            {"const": option["value"], "title": _title(option)} for option in question.options
        ]
    if question.kind == QuestionKind.FILE:
        shape["x-required"] = question.is_required
    return shape


def _title(option: dict) -> str:
    return pick(option) or option["value"]
