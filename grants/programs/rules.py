"""Rules about several answers, such as `sum(costs.amount) <= requested_amount`.

A rule holds, does not hold, or is not asked, because an answer that it needs is not there.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext

from django.utils.translation import gettext as _

from grants.core.numbers import read_day, read_number
from grants.core.texts import is_blank
from grants.programs.columns import ROW_KINDS, columns_of
from grants.programs.expressions import (
    TAKEN,
    WORDS,
    BadRule,
    Evaluator,
    NotAnswered,
    Rows,
    names_in,
    parsed,
)
from grants.programs.models import FormRule, Question, QuestionKind

PRECISION = 60
AMOUNT = "requested_amount"
SAMPLES: dict[str, object] = {
    QuestionKind.NUMBER: Decimal(1),
    QuestionKind.MONEY: Decimal(1),
    QuestionKind.DATE: date(2027, 1, 1),
    QuestionKind.YES_NO: True,
    QuestionKind.CHOICES: ["a"],
}


def name_of(key: str) -> str:
    """How a rule names the question."""
    return key.replace("-", "_")


def rule_problem(expression: str, questions: Iterable[Question]) -> str:
    """What is wrong with a rule about these questions, as a sentence; "" where it is right."""
    questions = list(questions)
    try:
        tree = parsed(expression)
        names = {AMOUNT: Decimal(1)} | _names(questions, _sample)
        used = names_in(expression)
        if not used:
            raise BadRule(_("A rule names at least one question."))
        for name in used:
            if name not in names or name in TAKEN:
                raise BadRule(
                    _("“%(name)s” is no question of this form that a rule can name.")
                    % {"name": name}
                )
            if [name_of(question.key) for question in questions].count(name) > 1:
                raise BadRule(_("Two questions are called “%(name)s” in a rule.") % {"name": name})
        with localcontext(prec=PRECISION):
            result = Evaluator(names, is_trial=True).eval(expression, previously_parsed=tree)
        if not isinstance(result, bool):
            raise BadRule(_("A rule says something that is true or not, such as a <= b."))
    except BadRule as wrong:
        return str(wrong)
    return ""


def _names(questions: Iterable[Question], value_of: Callable) -> dict[str, object]:
    return {
        name_of(question.key): value_of(question)
        for question in questions
        if question.kind != QuestionKind.FILE
    }


def _sample(question: Question) -> object:
    if question.kind not in ROW_KINDS:
        return SAMPLES.get(question.kind, "a")
    rows = Rows({column.key: [_sample(column)] for column in columns_of(question)})
    rows.count = 1
    return rows


def _value(question: Question, answer: object) -> object:
    """The answer as a rule computes with it; None where there is none, or none that is right."""
    if question.kind in ROW_KINDS:
        rows = Rows()
        given = answer if isinstance(answer, list) else []
        for column in columns_of(question):
            cells = [_value(column, row.get(column.key, "")) for row in given]
            rows[column.key] = [cell for cell in cells if cell is not None]
        rows.count = len(given)
        return rows
    if question.kind == QuestionKind.CHOICES:
        return answer if isinstance(answer, list) else []
    if not isinstance(answer, str) or is_blank(answer):
        return None
    try:
        match question.kind:
            case QuestionKind.NUMBER | QuestionKind.MONEY:
                return read_number(answer)
            case QuestionKind.DATE:
                return read_day(answer)
            case QuestionKind.YES_NO:
                return WORDS.get(answer)
    except ValueError:
        return None
    return answer


def broken_rules(
    rules: Iterable[FormRule],
    questions: Iterable[Question],
    answers: Mapping[str, object],
    amount: Decimal | None,
) -> dict[str, str]:
    """The message of each rule that does not hold, by the question at which it stands.

    `questions` are those that are shown: others are unanswered. A rule whose question is hidden or
    not given stands at the first thing that it names. A rule that cannot be read is not asked.
    """
    rules, questions = list(rules), list(questions)
    if not rules:
        return {}
    names = _names(questions, lambda question: _value(question, answers.get(question.key, "")))
    names[AMOUNT] = amount
    keys = {question.key for question in questions}
    by_name = {name_of(key): key for key in keys} | {AMOUNT: AMOUNT}
    found: dict[str, str] = {}
    for rule in rules:
        if not _is_broken(rule.expression, names):
            continue
        named = [by_name[name] for name in names_in(rule.expression) if name in by_name]
        place = rule.question_key if rule.question_key in keys else named[0] if named else AMOUNT
        found.setdefault(place, rule.message)
    return found


def _is_broken(expression: str, names: Mapping[str, object]) -> bool:
    """A rule that divides by zero does not hold."""
    try:
        with localcontext(prec=PRECISION):
            return not Evaluator(names).eval(expression, previously_parsed=parsed(expression))
    except (NotAnswered, BadRule, KeyError):
        return False
    except ArithmeticError:
        return True
