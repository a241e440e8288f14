"""Files as answers, and as evidence."""

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.files import examine, refuse_too_many
from grants.applications.information import refuse_closed_keys
from grants.applications.models import Application, Document
from grants.applications.selectors import files_of, questions_of
from grants.applications.services.editing import locked, refuse_unless_editable
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.programs.models import QuestionKind


def add_document(application: Application, upload: File, *, by, question_key: str) -> Document:
    """Stores a file as an answer. Raises `Refused` for a file that is not taken."""
    require(by, "edit_application", application)
    examined = examine(upload)
    with transaction.atomic():
        fresh = locked(application)
        refuse_unless_editable(fresh)
        refuse_closed_keys(fresh, [question_key])
        known = {q.key for q in questions_of(fresh) if q.kind == QuestionKind.FILE}
        if question_key not in known:
            raise Refused(_("The form asks for no file here."), field="file")
        refuse_too_many(len(files_of(fresh).get(question_key, [])) + 1)
        document = store(fresh, upload, examined, by=by, question_key=question_key)
        Application.objects.filter(pk=fresh.pk).update(saved_at=timezone.now())
    return document


def store(application: Application, upload: File, examined, *, by, question_key="") -> Document:
    """Writes an examined file and its row, and records it; inside the caller's transaction."""
    document = Document(
        application=application,
        question_key=question_key,
        name=examined.name,
        content_type=examined.content_type,
        size=examined.size,
        sha256=examined.sha256,
        uploaded_by=by,
    )
    document.file.save("", upload, save=False)
    document.save()
    record(document, "upload", by=by, data={"name": document.name, "sha256": document.sha256})
    return document


@transaction.atomic
def remove_document(document: Document, *, by) -> None:
    """Takes a file off the draft. Submissions that named it keep its hash."""
    require(by, "edit_application", document.application)
    application = locked(document.application)
    refuse_unless_editable(application)
    refuse_closed_keys(application, [document.question_key])
    fresh = lock(document)
    if fresh.removed_at is None:
        Document.objects.filter(pk=document.pk).update(removed_at=timezone.now())
        Application.objects.filter(pk=application.pk).update(saved_at=timezone.now())
        record(document, "remove", by=by, data={"name": document.name})
