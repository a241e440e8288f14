"""Which questions are shown: conditions about earlier answers.

`show_when` is empty (always shown), `{"all": [condition, …]}` or `{"any": [condition, …]}`; a
condition is `{"question": key, "is": test, "value": text}`. A question that is hidden, later or
unknown counts as unanswered, so that conditions never turn in a circle. What is unanswered passes
`not_equals` and `not_answered`, and no other test. Numbers are compared as numbers, days as days,
all else as text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from grants.core.numbers import read_day, read_number
from grants.core.texts import is_blank
from grants.programs.columns import ROW_KINDS
from grants.programs.models import FormVersion, Question, QuestionKind, Section

MOST_CONDITIONS = 20


class Comparison(TextChoices):
    EQUALS = "equals", pgettext_lazy("a test of an answer", "is")
    NOT_EQUALS = "not_equals", pgettext_lazy("a test of an answer", "is not")
    INCLUDES = "includes", pgettext_lazy("a test of an answer", "includes")
    AT_LEAST = "at_least", pgettext_lazy("a test of an answer", "is at least")
    AT_MOST = "at_most", pgettext_lazy("a test of an answer", "is at most")
    ANSWERED = "answered", pgettext_lazy("a test of an answer", "is answered")
    NOT_ANSWERED = "not_answered", pgettext_lazy("a test of an answer", "is not answered")


WITHOUT_VALUE = (Comparison.ANSWERED, Comparison.NOT_ANSWERED)
_SAME = (Comparison.EQUALS, Comparison.NOT_EQUALS, *WITHOUT_VALUE)
_ORDERED = (*_SAME, Comparison.AT_LEAST, Comparison.AT_MOST)
TESTS: dict[str, tuple[Comparison, ...]] = {
    QuestionKind.SHORT_TEXT: _SAME,
    QuestionKind.LONG_TEXT: WITHOUT_VALUE,
    QuestionKind.NUMBER: _ORDERED,
    QuestionKind.MONEY: _ORDERED,
    QuestionKind.CHOICE: _SAME,
    QuestionKind.CHOICES: (Comparison.INCLUDES, *WITHOUT_VALUE),
    QuestionKind.YES_NO: _SAME,
    QuestionKind.DATE: _ORDERED,
    QuestionKind.LINK: WITHOUT_VALUE,
    QuestionKind.FILE: (),
    **dict.fromkeys(ROW_KINDS, WITHOUT_VALUE),
}
NUMBERS = (QuestionKind.NUMBER, QuestionKind.MONEY)


@dataclass(frozen=True)
class FormProblem:
    """What is wrong with a part of a form, for who builds it."""

    where: Section | Question
    sentence: str


def shown(questions: Iterable[Question], answers: Mapping[str, object]) -> set[str]:
    """The keys of the questions that are shown. `questions` is the whole form in its order."""
    earlier: dict[str, tuple[str, object]] = {}
    keys: set[str] = set()
    for _position, group in groupby(questions, lambda question: question.section.position):
        rows = list(group)
        is_open = holds(rows[0].section.show_when, earlier)
        for question in rows:
            if is_open and holds(question.show_when, earlier):
                keys.add(question.key)
                earlier[question.key] = (question.kind, answers.get(question.key, ""))
    return keys


def holds(show_when: Mapping, earlier: Mapping[str, tuple[str, object]]) -> bool:
    """Whether the conditions hold, given (kind, answer) of each earlier question that is shown."""
    for name, together in (("all", all), ("any", any)):
        if conditions := show_when.get(name):
            return together(_passes(condition, earlier) for condition in conditions)
    return True


def _passes(condition: Mapping[str, str], earlier: Mapping[str, tuple[str, object]]) -> bool:
    kind, answer = earlier.get(condition["question"], ("", ""))
    test, value = condition["is"], condition.get("value", "")
    is_answered = bool(answer) and not (isinstance(answer, str) and is_blank(answer))
    if test in WITHOUT_VALUE:
        return is_answered is (test == Comparison.ANSWERED)
    if not is_answered:
        return test == Comparison.NOT_EQUALS
    if test == Comparison.INCLUDES:
        return isinstance(answer, list) and value in answer
    left, right = _comparable(kind, answer), _comparable(kind, value)
    if test in (Comparison.EQUALS, Comparison.NOT_EQUALS):
        is_same = left == right if left is not None and right is not None else answer == value
        return is_same is (test == Comparison.EQUALS)
    if left is None or right is None:
        return False
    return left >= right if test == Comparison.AT_LEAST else left <= right


def _comparable(kind: str, text: object) -> Decimal | None:
    """Numbers and days in one order; None for what is neither."""
    try:
        if kind in NUMBERS and isinstance(text, str):
            return read_number(text)
        if kind == QuestionKind.DATE and isinstance(text, str):
            return Decimal(read_day(text).toordinal())
    except ValueError:
        pass
    return None


def problems_of(form: FormVersion) -> list[FormProblem]:
    """What is wrong with the conditions of a form, in the order of the form."""
    found = []
    earlier: dict[str, Question] = {}
    sections = list(form.sections.prefetch_related("questions"))
    known = {question.key: question for section in sections for question in section.questions.all()}
    for section in sections:
        if sentence := condition_problem(section.show_when, earlier, known):
            found.append(FormProblem(section, sentence))
        for question in sorted(section.questions.all(), key=lambda question: question.position):
            if sentence := condition_problem(question.show_when, earlier, known, itself=question):
                found.append(FormProblem(question, sentence))
            earlier[question.key] = question
    return found


def condition_problem(
    show_when: object,
    earlier: Mapping[str, Question],
    known: Mapping[str, Question],
    *,
    itself: Question | None = None,
) -> str:
    """The first thing that is wrong with conditions, as a sentence; "" where they are right.

    `earlier` are the questions before, `known` all of the form, by key.
    """
    if show_when == {}:
        return ""
    if not _has_shape(show_when):
        return _("Conditions are all or any of a list of at most %(count)s tests.") % {
            "count": MOST_CONDITIONS
        }
    for condition in next(iter(show_when.values())):  # type: ignore[attr-defined]
        key = condition["question"]
        if itself is not None and key == itself.key:
            return _("A question cannot be shown because of its own answer.")
        if key not in known:
            return _("The condition is about “%(key)s”, which the form does not have.") % {
                "key": key
            }
        if key not in earlier:
            return _("The condition is about “%(label)s”, which comes later.") % {
                "label": known[key].label
            }
        if sentence := _test_problem(earlier[key], condition["is"], condition.get("value", "")):
            return sentence
    return ""


def _has_shape(show_when: object) -> bool:
    if not isinstance(show_when, dict) or len(show_when) != 1:
        return False
    name, conditions = next(iter(show_when.items()))
    if name not in ("all", "any") or not isinstance(conditions, list):
        return False
    return 1 <= len(conditions) <= MOST_CONDITIONS and all(map(_is_condition, conditions))


def _is_condition(condition: object) -> bool:
    if not isinstance(condition, dict) or not {"question", "is"} <= set(condition):
        return False
    is_known = (
        set(condition) <= {"question", "is", "value"} and condition["is"] in Comparison.values
    )
    return is_known and all(isinstance(part, str) for part in condition.values())


def _test_problem(question: Question, test: str, value: str) -> str:
    if test not in TESTS[question.kind]:
        return _("“%(label)s” cannot be asked whether it “%(test)s”.") % {
            "label": question.label,
            "test": Comparison(test).label,
        }
    if test in WITHOUT_VALUE:
        return ""
    is_right = not is_blank(value)
    if question.kind in (*NUMBERS, QuestionKind.DATE):
        is_right = _comparable(question.kind, value) is not None
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        is_right = value in {option["value"] for option in question.options}
    if question.kind == QuestionKind.YES_NO:
        is_right = value in ("yes", "no")
    return (
        ""
        if is_right
        else _("“%(value)s” can be no answer to “%(label)s”.")
        % {
            "value": value,
            "label": question.label,
        }
    )
