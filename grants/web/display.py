"""Answers as a person reads them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from grants.applications.models import Application, Document, Submission
from grants.applications.selectors import files_of, questions_of
from grants.applications.showing import Table, table_of, value_of
from grants.core.dates import in_words
from grants.programs.columns import ROW_KINDS
from grants.programs.conditions import shown
from grants.programs.models import Question, Section


@dataclass(frozen=True)
class Shown:
    """One question with its answer in words or as a table, its files, and what is wrong with it."""

    question: Question
    text: str
    files: list = field(default_factory=list)
    problem: str = ""
    table: Table | None = None


@dataclass(frozen=True)
class ShownSection:
    section: Section
    answers: list[Shown]


def answer_in_words(question: Question, answer: object) -> str:
    """The answer as text; a value that is not right is shown as it was typed."""
    value = value_of(question, answer)
    if isinstance(value, date):
        return in_words(value, "date")
    return str(answer) if isinstance(value, Decimal) else str(value)


def _sections(questions: list[Question], answers: dict, files: dict, problems: dict):
    """What is shown of the form, by section."""
    asked = shown(questions, answers)
    by_section: dict[Section, list[Shown]] = {}
    for question in questions:
        if question.key in asked:
            row = _shown(question, answers.get(question.key, ""), files, problems)
            by_section.setdefault(question.section, []).append(row)
    return [ShownSection(section, rows) for section, rows in by_section.items()]


def _shown(question: Question, answer: object, files: dict, problems: dict) -> Shown:
    files, problem = files.get(question.key, []), problems.get(question.key, "")
    if question.kind not in ROW_KINDS:
        return Shown(question, answer_in_words(question, answer), files, problem)
    table = table_of(question, answer, problems)
    return Shown(question, "", files, problem or _first_problem(table), table)


def _first_problem(table: Table) -> str:
    """For places that have one line for a question."""
    for number, row in enumerate(table.rows, start=1):
        for cell in row:
            if cell.problem:
                return _("Row %(row)s, %(column)s: %(problem)s") % {
                    "row": number,
                    "column": cell.label,
                    "problem": cell.problem,
                }
    return ""


def answers_now(application: Application, problems: dict[str, str]) -> list[ShownSection]:
    """The draft, with what is wrong beside each answer."""
    files: dict[str, list[Document]] = files_of(application)
    return _sections(questions_of(application), application.answers, files, problems)


def answers_sent(application: Application, submission: Submission) -> list[ShownSection]:
    """What a submission froze."""
    files: dict[str, list[dict]] = {}
    for row in submission.content["files"]:
        files.setdefault(row["question"], []).append(row)
    return _sections(questions_of(application), submission.content["answers"], files, {})
