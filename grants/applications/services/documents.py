"""Files as answers, and as evidence."""

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.files import Examined, examine, refuse_too_many
from grants.applications.information import refuse_closed_keys
from grants.applications.lifecycle import DocumentState
from grants.applications.models import Application, Document
from grants.applications.selectors import files_of
from grants.applications.services.editing import locked, refuse_unless_editable
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.programs.models import Question, QuestionKind


def add_document(application: Application, upload: File, *, by, question_key: str) -> Document:
    """Stores a file as an answer. Raises `Refused` for a file that is not taken.

    The bytes are stored before the transaction that says so: a store may be far away.
    """
    require(by, "edit_application", application)
    examined = examine(upload, file_question(application, question_key))
    document = _put_away(application, upload, examined, by=by, question_key=question_key)
    try:
        with transaction.atomic():
            fresh = locked(application)
            refuse_unless_editable(fresh)
            refuse_closed_keys(fresh, [question_key])
            file_question(fresh, question_key)
            refuse_too_many(len(files_of(fresh).get(question_key, [])) + 1)
            _note(document)
            Application.objects.filter(pk=fresh.pk).update(saved_at=timezone.now())
    except BaseException:
        document.file.storage.delete(str(document.file))
        raise
    return document


def file_question(application: Application, key: str) -> Question:
    """The question of the form that asks for files under this key; else `Refused`."""
    questions = Question.objects.filter(section__form_id=application.form_id)
    question = questions.filter(key=key, kind=QuestionKind.FILE).first()
    if question is None:
        raise Refused(_("The form asks for no file here."), field="file")
    return question


def store(application: Application, upload: File, examined: Examined, *, by) -> Document:
    """Writes an examined file that answers no question, and its row, and records it."""
    document = _put_away(application, upload, examined, by=by)
    _note(document)
    return document


def _put_away(
    application: Application, upload: File, examined: Examined, *, by, question_key=""
) -> Document:
    """The document with its bytes stored, and no row yet. It waits for the scanner, if any."""
    document = Document(
        application=application,
        question_key=question_key,
        name=examined.name,
        content_type=examined.content_type,
        size=examined.size,
        sha256=examined.sha256,
        state=DocumentState.SCANNING if settings.CLAMAV_URL else DocumentState.CLEAN,
        uploaded_by=by,
    )
    document.file.save("", upload, save=False)
    return document


def _note(document: Document) -> None:
    document.save(force_insert=True)
    data = {"name": document.name, "sha256": document.sha256}
    record(document, "upload", by=document.uploaded_by, data=data, to_state=document.state)


def refuse_unless_clean(document: Document) -> None:
    """Raises `Refused` while the file is in quarantine, with the reason."""
    if not document.is_clean:
        raise Refused(why_held(document))


def why_held(document: Document) -> str:
    words = {"name": document.name}
    if document.state == DocumentState.SCANNING:
        return _("“%(name)s” is still being checked for viruses. Try again in a minute.") % words
    if document.state == DocumentState.INFECTED:
        return _("The virus scanner refused “%(name)s”. Remove it and add a clean file.") % words
    return _("“%(name)s” could not be checked for viruses. Remove it and add it again.") % words


def held_files(application: Application) -> dict[str, str]:
    """One sentence for each question with a file that may not leave its quarantine."""
    return {
        key: why_held(next(document for document in documents if not document.is_clean))
        for key, documents in files_of(application).items()
        if key and not all(document.is_clean for document in documents)
    }


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
