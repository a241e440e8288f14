"""The questions of a form as JSON Schema 2020-12."""

from collections.abc import Iterable, Mapping

from grants.api.answer_schema import (
    NEVER,
    answer_schema,
    container,
    definitions,
    described,
    passing,
)
from grants.programs.conditions import Comparison
from grants.programs.models import FormRule, FormVersion, Question, QuestionKind, Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Parts = list[tuple[Section, list[Question]]]


def form_schema(form: FormVersion) -> dict:
    """The schema of the whole `answers` of a form. Three queries."""
    parts = [
        (section, sorted(section.questions.all(), key=lambda question: question.position))
        for section in form.sections.prefetch_related("questions")
    ]
    return {
        "$schema": DIALECT,
        "title": form.round.title,
        "x-version": form.number,
        **schema_of(parts, form.rules.all()),
    }


def schema_of(parts: Parts, rules: Iterable[FormRule]) -> dict:
    """A question with conditions is required and checked only where it is shown.

    `$defs` has `shown-<key>` for each of them. Files are read-only: they are uploaded, and
    `x-required` says whether one must be. `x-rules` are checked when an application is sent.
    """
    questions = [question for _section, asked in parts for question in asked]
    shown = _shown(parts)
    return {
        "type": "object",
        "properties": {
            question.key: described(question)
            | (container(question) if question.key in shown else answer_schema(question))
            | _note(question)
            for question in questions
        },
        "required": [
            question.key for question in questions if _must(question) and question.key not in shown
        ],
        "allOf": [_where_shown(question) for question in questions if question.key in shown]
        or [{}],
        "additionalProperties": False,
        "$defs": definitions() | {f"shown-{key}": when for key, when in shown.items()},
        "x-sections": [
            {"title": section.title, "questions": [question.key for question in asked]}
            for section, asked in parts
        ],
        "x-rules": [
            {"rule": rule.expression, "message": rule.message, "question": rule.question_key}
            for rule in rules
        ],
    }


def _note(question: Question) -> dict:
    return {"x-required": question.is_required} if question.kind == QuestionKind.FILE else {}


def _must(question: Question) -> bool:
    return question.is_required and question.kind != QuestionKind.FILE


def _where_shown(question: Question) -> dict:
    then: dict = {"properties": {question.key: answer_schema(question)}}
    if _must(question):
        then["required"] = [question.key]
    return {"if": {"$ref": f"#/$defs/shown-{question.key}"}, "then": then}


def _shown(parts: Parts) -> dict[str, dict]:
    """When each question that has conditions, or whose section has, is shown."""
    shown: dict[str, dict] = {}
    earlier: dict[str, Question] = {}
    for section, asked in parts:
        of_section = _holds(section.show_when, earlier, shown)
        for question in asked:
            if section.show_when or question.show_when:
                own = _holds(question.show_when, earlier, shown)
                shown[question.key] = {"allOf": [of_section, own]}
            earlier[question.key] = question
    return shown


def _holds(show_when: Mapping, earlier: Mapping[str, Question], shown: Mapping) -> dict:
    for name, together in (("all", "allOf"), ("any", "anyOf")):
        if conditions := show_when.get(name):
            return {together: [_passes(one, earlier, shown) for one in conditions]}
    return {}


def _passes(condition: Mapping, earlier: Mapping[str, Question], shown: Mapping) -> dict:
    """What is hidden or later counts as unanswered; see `programs.conditions`."""
    key, test = condition["question"], condition["is"]
    is_negative = test in (Comparison.NOT_EQUALS, Comparison.NOT_ANSWERED)
    if key not in earlier:
        return {} if is_negative else NEVER
    what = passing(earlier[key], test, condition.get("value", ""))
    passed: dict = {"required": [key], "properties": {key: what}}
    if key in shown:
        passed = {"allOf": [{"$ref": f"#/$defs/shown-{key}"}, passed]}
    return {"not": passed} if is_negative else passed
