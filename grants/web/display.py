"""Answers as a person reads them."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from grants.applications.models import Application, Document, Submission
from grants.applications.selectors import files_of, questions_of
from grants.core.dates import in_words
from grants.core.numbers import read_day
from grants.programs.models import Question, QuestionKind, Section


@dataclass(frozen=True)
class Shown:
    """One question with its answer in words, its files, and what is wrong with it."""

    question: Question
    text: str
    files: list = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True)
class ShownSection:
    section: Section
    answers: list[Shown]


def answer_in_words(question: Question, value: str) -> str:
    """The answer as text; a value that is not right is shown as it was typed."""
    match question.kind:
        case QuestionKind.YES_NO:
            return {"yes": _("Yes"), "no": _("No")}.get(value, value)
        case QuestionKind.CHOICE:
            return dict(question.choices).get(value, value)
        case QuestionKind.DATE:
            try:
                return in_words(read_day(value), "date")
            except ValueError:
                return value
        case _:
            return value


def _sections(questions: list[Question], answers: dict, files: dict, problems: dict):
    by_section: dict[Section, list[Shown]] = {}
    for question in questions:
        shown = Shown(
            question,
            answer_in_words(question, answers.get(question.key, "")),
            files.get(question.key, []),
            problems.get(question.key, ""),
        )
        by_section.setdefault(question.section, []).append(shown)
    return [ShownSection(section, rows) for section, rows in by_section.items()]


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
