"""What the page of a file question shows: its files, and what is on its way."""

from functools import cached_property

from django.urls import reverse

from grants.applications.files import most_bytes_for, suffixes_for
from grants.applications.models import Application, Document, Upload
from grants.applications.selectors import files_of
from grants.applications.services.uploads import unfinished
from grants.programs.models import Question


class FileField:
    """The files of one question, read when they are shown."""

    def __init__(self, application: Application, question: Question, user):
        self.application, self.question, self.user = application, question, user

    @cached_property
    def documents(self) -> list[Document]:
        return files_of(self.application).get(self.question.key, [])

    @cached_property
    def uploads(self) -> list[Upload]:
        return unfinished(self.application, self.user).get(self.question.key, [])

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
        return reverse("applications-uploads", args=[self.application.reference])

    @property
    def most_bytes(self) -> int:
        return most_bytes_for(self.question)

    @property
    def accept(self) -> str:
        return ",".join(suffixes_for(self.question))
