"""What was submitted, as officers and reviewers read it: the latest submission, never the draft."""

from dataclasses import dataclass, field

from grants.applications.models import Application, Document, Submission
from grants.applications.selectors import questions_of
from grants.applications.showing import value_of
from grants.programs.conditions import shown
from grants.programs.models import Question, Section


@dataclass(frozen=True)
class Answer:
    question: Question
    value: object
    files: list[Document] = field(default_factory=list)


@dataclass(frozen=True)
class SentSection:
    section: Section
    answers: list[Answer]


def sent_answers(application: Application, submission: Submission) -> list[SentSection]:
    """The questions that a submission answers, with the files that it froze. Two queries."""
    hashes = {(row["question"], row["sha256"]) for row in submission.content["files"]}
    files: dict[str, dict[str, Document]] = {}
    for document in application.documents.exclude(question_key="").order_by("at", "pk"):
        if (document.question_key, document.sha256) in hashes:
            files.setdefault(document.question_key, {})[document.sha256] = document
    answers = submission.content["answers"]
    sections: dict[Section, list[Answer]] = {}
    questions = questions_of(application)
    asked = shown(questions, answers)
    for question in questions:
        if question.key not in asked:
            continue
        value = value_of(question, answers.get(question.key, ""))
        rows = list(files.get(question.key, {}).values())
        sections.setdefault(question.section, []).append(Answer(question, value, rows))
    return [SentSection(section, rows) for section, rows in sections.items()]
