"""What the page of a file question shows: its files, and what is on its way."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from grants.applications.files import most_bytes_for
from grants.applications.models import Application, Document, Upload
from grants.applications.selectors import files_of
from grants.applications.services.uploads import unfinished
from grants.programs.models import Question, QuestionKind


@dataclass(frozen=True)
class FileField:
    """One question with its files, and the addresses that its script asks."""

    application: Application
    question: Question
    documents: list[Document]
    uploads: list[Upload]

    @property
    def is_scanning(self) -> bool:
        return any(document.is_scanning for document in self.documents)

    @property
    def input_id(self) -> str:
        return f"id_q-{self.question.key}"

    @property
    def refresh_url(self) -> str:
        return reverse("question-files", args=[self.application.reference, self.question.key])

    @property
    def begin_url(self) -> str:
        return reverse("uploads-list")

    @property
    def most_bytes(self) -> int:
        return most_bytes_for(self.question)


def file_fields(
    application: Application, questions: Iterable[Question], user
) -> dict[str, FileField]:
    """The file questions among these, by key. Two queries, none where there is no such question."""
    asked = [question for question in questions if question.kind == QuestionKind.FILE]
    if not asked:
        return {}
    files, uploads = files_of(application), unfinished(application, user)
    return {
        question.key: FileField(
            application, question, files.get(question.key, []), uploads.get(question.key, [])
        )
        for question in asked
    }
