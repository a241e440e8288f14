"""What was submitted, as officers and reviewers read it: the latest submission, never the draft."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from grants.applications.models import Application, Document, Submission
from grants.applications.selectors import questions_of
from grants.core.bilingual import pick
from grants.core.numbers import read_day
from grants.programs.models import Question, QuestionKind, Section


@dataclass(frozen=True)
class Answer:
    question: Question
    value: object
    files: list[Document] = field(default_factory=list)


@dataclass(frozen=True)
class SentSection:
    section: Section
    answers: list[Answer]


def value_of(question: Question, text: str) -> object:
    """A `Decimal` of money, a `date`, else words; a value that is not right as it was typed."""
    try:
        match question.kind:
            case QuestionKind.MONEY:
                return Decimal(text) if text else ""
            case QuestionKind.DATE:
                return read_day(text)
    except (InvalidOperation, ValueError):
        return text
    if question.kind == QuestionKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(text, text)
    if question.kind == QuestionKind.CHOICE:
        return {option["value"]: pick(option) for option in question.options}.get(text, text)
    return text


def sent_answers(application: Application, submission: Submission) -> list[SentSection]:
    """The sections of a submission with the files that it froze. Two queries."""
    hashes = {(row["question"], row["sha256"]) for row in submission.content["files"]}
    files: dict[str, dict[str, Document]] = {}
    for document in application.documents.exclude(question_key="").order_by("at", "pk"):
        if (document.question_key, document.sha256) in hashes:
            files.setdefault(document.question_key, {})[document.sha256] = document
    answers = submission.content["answers"]
    sections: dict[Section, list[Answer]] = {}
    for question in questions_of(application):
        value = value_of(question, answers.get(question.key, ""))
        rows = list(files.get(question.key, {}).values())
        sections.setdefault(question.section, []).append(Answer(question, value, rows))
    return [SentSection(section, rows) for section, rows in sections.items()]
