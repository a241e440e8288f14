"""Freezing the answers and sending them."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications.information import note_answered
from grants.applications.models import Application, Submission
from grants.applications.selectors import files_of, shown_questions
from grants.applications.services.drafts import missing
from grants.applications.services.editing import locked, refuse_unless_editable
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, hold_still


@transaction.atomic
def submit(application: Application, *, by) -> Submission:
    """Freezes the answers and sends them. Sending the same content again returns the first.

    Raises `Refused` after the close, and with one sentence for each thing that is missing.
    """
    require(by, "submit_application", application)
    fresh = locked(application)
    hold_still(fresh.round)  # closing waits until this is sent, or was first
    fresh.round.refresh_from_db(fields=["state", "closes_at"])
    refuse_unless_editable(fresh)
    if wrong := missing(fresh):
        raise Refused(_("Some answers are missing or need a correction."), problems=wrong)
    content = _content(fresh)
    last, sha256 = fresh.latest, digest(content)
    if last and last.sha256 == sha256 and fresh.state == "submitted":
        return last
    submission = Submission.objects.create(
        application=fresh,
        number=last.number + 1 if last else 1,
        content=content,
        sha256=sha256,
        submitted_by=by,
    )
    advance(
        application,
        "submit",
        by=by,
        submitted_at=submission.at,
        return_reason="",
        data={"submission": submission.number, "sha256": sha256},
    )
    note_answered(application, submission.at)
    return submission


def _content(application: Application) -> dict:
    """What is frozen: the answers and files of the questions that are shown."""
    asked = {question.key for question in shown_questions(application)}
    files = files_of(application)
    return {
        "reference": application.reference,
        "round": application.round.slug,
        "form_version": application.form.number,
        "organisation": {
            "name": application.organisation.name,
            "credit_code": application.organisation.credit_code,
        },
        "title": application.title,
        "requested_amount": str(application.requested_amount),
        "answers": {
            key: answer for key, answer in sorted(application.answers.items()) if key in asked
        },
        "files": [
            {"question": key, "name": document.name, "sha256": document.sha256}
            for key, documents in sorted(files.items())
            for document in documents
            if key in asked
        ],
    }
