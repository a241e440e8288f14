"""All answers of a form: what is kept of them, and what is wrong with them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from grants.applications.answers.reading import (
    Wrong,
    as_list,
    read_choices,
    read_text,
    typed,
)
from grants.applications.answers.rows import as_rows, gaps, has_rows, read_rows, total_of
from grants.programs.columns import columns_of
from grants.programs.models import Question, QuestionKind, Round


def read_answer(question: Question, raw: object) -> str | list:
    """The answer in its normal form, "" or [] where there is none.

    Raises `Wrong` with the sentence, for rows with that of the first wrong cell.
    """
    if question.kind == QuestionKind.CHOICES:
        return read_choices(question, raw)
    if not has_rows(question):
        return read_text(question, raw)
    rows, wrong = read_rows(question, raw)
    for sentence in wrong.values():
        raise Wrong(sentence)
    return rows


def tidy(questions: Iterable[Question], raw: Mapping[str, object]) -> dict[str, str | list]:
    """The answers to keep: in normal form where they are right, else just as they were typed."""
    return {
        question.key: _kept(question, raw[question.key])
        for question in questions
        if question.kind != QuestionKind.FILE and question.key in raw
    }


def _kept(question: Question, value: object) -> str | list:
    if has_rows(question):
        return read_rows(question, value)[0]
    try:
        return read_answer(question, value)
    except Wrong:
        return as_list(value) if question.kind == QuestionKind.CHOICES else typed(value)


def misshapen(questions: Iterable[Question], raw: Mapping[str, object]) -> dict[str, str]:
    """A sentence for each answer that is no text, list or rows where its question wants them.

    `tidy` keeps such an answer in the shape that is due, where it may look right.
    """
    found = {}
    for question in questions:
        if question.key in raw and (sentence := _shape_problem(question, raw[question.key])):
            found[question.key] = sentence
    return found


def _shape_problem(question: Question, value: object) -> str:
    if value is None or value == "":
        return ""
    if question.kind == QuestionKind.CHOICES:
        return "" if _is_list_of_texts(value) else _("A list of chosen values belongs here.")
    if has_rows(question):
        columns = {column.key for column in columns_of(question)}
        is_right = isinstance(value, list) and all(_is_row(row, columns) for row in value)
        return "" if is_right else _("A list of rows belongs here, each with its columns.")
    return _("One text belongs here, not a list.") if _is_nested(value) else ""


def _is_nested(value: object) -> bool:
    return isinstance(value, list | tuple | dict)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and not any(_is_nested(part) for part in value)


def _is_row(row: object, columns: set[str]) -> bool:
    if not isinstance(row, dict):
        return False
    return set(row) <= columns and not any(_is_nested(cell) for cell in row.values())


def problems(
    questions: Iterable[Question],
    answers: Mapping[str, object],
    files: Iterable[str],
    *,
    whole: bool,
) -> dict[str, str]:
    """A sentence for each answer that is wrong or, if `whole`, missing.

    Keys are "<question>", and "<question>.<row from 0>.<column>" for a cell. Give only the
    questions that are shown.
    """
    files, found = set(files), {}
    for question in questions:
        value = answers.get(question.key, "")
        if question.kind == QuestionKind.FILE:
            is_missing, wrong = question.key not in files, dict[str, str]()
        elif has_rows(question):
            is_missing, wrong = _rows_problems(question, value, whole=whole)
        else:
            is_missing, wrong = not value, _problem(question, value)
        if whole and is_missing and question.is_required:
            needs_file = question.kind == QuestionKind.FILE
            wrong = {"": _("Add a file.") if needs_file else _("Answer this.")}
        for part, sentence in wrong.items():
            found[f"{question.key}.{part}" if part else question.key] = sentence
    return found


def _problem(question: Question, value: object) -> dict[str, str]:
    try:
        read_answer(question, value)
    except Wrong as wrong:
        return {"": str(wrong)}
    return {}


def _rows_problems(question: Question, value: object, *, whole: bool) -> tuple[bool, dict]:
    rows, wrong = read_rows(question, value)
    if whole and rows:
        wrong = gaps(question, rows) | wrong
    return not rows, wrong


def totals(
    questions: Iterable[Question], answers: Mapping[str, object], amount: Decimal | None
) -> dict[str, str]:
    """A sentence for each budget that does not sum to the amount that is asked for."""
    found = {}
    for question in questions:
        rows = as_rows(question, answers.get(question.key, ""))
        if question.kind != QuestionKind.BUDGET or not rows or amount is None:
            continue
        total = total_of(rows, "amount")
        if total is not None and total != amount:
            found[question.key] = _(
                "The budget sums to ¥%(total)s; you ask for ¥%(amount)s. Both must be the same."
            ) % {"total": f"{total:,.2f}", "amount": f"{amount:,.2f}"}
    return found


def amount_problem(round: Round, amount: Decimal | None) -> str:
    """What is wrong with the amount that is asked for in the round, or nothing."""
    if amount is None:
        return _("Enter the amount that you ask for.")
    if not round.award_min <= amount <= round.award_max:
        return _("Ask for an amount between ¥%(least)s and ¥%(most)s.") % {
            "least": f"{round.award_min:,.2f}",
            "most": f"{round.award_max:,.2f}",
        }
    return ""
