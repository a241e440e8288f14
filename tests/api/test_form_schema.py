"""The JSON Schema of a form and the server say the same of every answer."""

import pytest
from hypothesis import HealthCheck, event, given, settings
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from grants.api.form_schema import schema_of
from grants.applications.answers import misshapen, problems, tidy
from grants.core.numbers import read_number
from grants.core.texts import length_of
from grants.programs.conditions import shown
from grants.programs.models import FormRule
from tests.forms import question, section, when
from tests.random_forms import forms_with_answers

EXAMPLES = 150


def too_many_words(_validator, most, text, _schema):
    if isinstance(text, str) and length_of(text, "words") > most:
        yield ValidationError("too many words")


def too_few_words(_validator, least, text, _schema):
    if isinstance(text, str) and length_of(text, "words") < least:
        yield ValidationError("too few words")


def wrong_sum(_validator, rule, rows, _schema):
    if rule["equals"] == "requested_amount" or not rows:
        return
    try:
        total = sum(read_number(row[rule["column"]]) for row in rows)
    except (KeyError, TypeError, ValueError):
        return
    if total != int(rule["equals"]):
        yield ValidationError("wrong sum")


Validator = extend(
    Draft202012Validator,
    {"x-max-words": too_many_words, "x-min-words": too_few_words, "x-sum": wrong_sum},
)


def parts_of(questions) -> list:
    sections = {asked.section.position: asked.section for asked in questions}
    return [
        (part, [asked for asked in questions if asked.section is part])
        for part in sections.values()
    ]


def wrong_answers(questions, answers) -> dict[str, str]:
    """What the server says of answers that were sent in this shape."""
    kept = tidy(questions, answers)
    keys = shown(questions, kept)
    asked = [question for question in questions if question.key in keys]
    return misshapen(questions, answers) | problems(asked, kept, [], whole=True)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(forms_with_answers())
def test_schema_and_server_agree_on_any_answers_to_any_form(made):
    parts, questions, answers = made
    schema = schema_of(parts, [])
    Validator.check_schema(schema)
    validator = Validator(schema)
    kept = tidy(questions, answers)

    is_right = not wrong_answers(questions, kept)
    event("right" if is_right else "wrong")

    assert validator.is_valid(kept) is is_right, (kept, wrong_answers(questions, kept))
    if validator.is_valid(answers):
        assert wrong_answers(questions, answers) == {}, answers


def is_valid(questions, answers) -> bool:
    return Validator(schema_of(parts_of(questions), [])).is_valid(answers)


@pytest.mark.parametrize(
    ("test", "value", "answers", "is_right"),
    [
        ("at_most", "5", {"first": ""}, True),
        ("at_most", "5", {"first": "5.0"}, False),
        ("at_most", "5", {"first": 5}, False),
        ("at_most", "5", {"first": "5", "then": "x"}, True),
        ("at_least", "5", {"first": "4.99"}, True),
        ("not_equals", "5", {}, False),
        ("not_equals", "5", {"first": "5.00"}, True),
        ("answered", "", {"first": ""}, True),
        ("answered", "", {"first": "0"}, False),
        ("not_answered", "", {"first": "0"}, True),
        ("at_least", "5", {"first": "1", "then": "\u200b not checked"}, True),
        ("at_least", "5", {"first": "1", "then": ["no text"]}, False),
    ],
)
def test_question_is_required_only_where_it_is_shown(test, value, answers, is_right):
    form = section(
        1,
        question("first", "number", is_required=False),
        question("then", show_when=when("first", test, value)),
    )

    assert is_valid(form, answers) is is_right
    assert (wrong_answers(form, answers) == {}) is is_right


def test_conditions_in_a_circle_can_be_validated():
    form = section(1, question("a", show_when=when("b", "answered")), question("b")) + section(
        2, question("c", show_when=when("c", "answered")), show_when=when("nothing", "answered")
    )

    assert is_valid(form, {"b": "x"})
    assert not is_valid(form, {"a": "x"})


def test_form_with_many_options_is_a_schema_at_once():
    options = [{"value": f"v{number}", "zh": "选", "en": "Pick"} for number in range(200)]
    form = section(1, *(question(f"q{n}", "choices", options=options) for n in range(50)))
    answers = {f"q{n}": ["v0", "v199"] for n in range(50)}

    assert is_valid(form, answers)
    assert wrong_answers(form, answers) == {}
    assert not is_valid(form, answers | {"q49": ["v200"]})


def test_rules_are_told_with_their_message():
    rules = [FormRule(expression="a > 1", message_zh="错", message_en="Wrong", question_key="a")]

    schema = schema_of(parts_of(section(1, question("a", "number"))), rules)

    assert [(row["rule"], row["question"]) for row in schema["x-rules"]] == [("a > 1", "a")]


def test_what_is_kept_is_kept_as_it_is():
    @settings(max_examples=150, deadline=None)
    @given(forms_with_answers())
    def check(made):
        _parts, questions, answers = made
        kept = tidy(questions, answers)
        assert tidy(questions, kept) == kept

    check()
