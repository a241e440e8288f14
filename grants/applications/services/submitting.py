"""Freezing the answers and sending them."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications.information import note_answered
from grants.applications.models import Application, SignOff, Submission
from grants.applications.selectors import files_of, shown_questions
from grants.applications.services.documents import held_files
from grants.applications.services.drafts import missing
from grants.applications.services.editing import locked, refuse_unless_editable
from grants.applications.services.versions import refuse_old_form
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, hold_still
from grants.programs.models import Round


@transaction.atomic
def submit(application: Application, *, by, declares: bool = True) -> Submission:
    """Freezes the answers and sends them. Sending the same content again returns the first.

    Who calls it makes the declaration of the round. Raises `Refused` after the close, with one
    sentence for each thing that is missing, for files that are in quarantine, and where the round
    asks for a signature and exactly this content has none.
    """
    require(by, "submit_application", application)
    fresh = locked(application)
    hold_still(fresh.round)  # closing waits until this is sent, or was first
    fresh.round.refresh_from_db(fields=["state", "closes_at"])
    refuse_unless_editable(fresh)
    refuse_old_form(fresh)
    content = complete_content(fresh)
    last, sha256 = fresh.latest, digest(content)
    if last and last.sha256 == sha256 and fresh.state == "submitted":
        return last
    if not declares:
        raise Refused(_("Make the declaration to submit."), field="declares")
    if fresh.round.needs_sign_off and not signature_under(fresh, sha256):
        raise Refused(_("A signatory has to sign exactly these answers before they are sent."))
    submission = Submission.objects.create(
        application=fresh,
        number=last.number + 1 if last else 1,
        content=content,
        sha256=sha256,
        declaration=declaration_of(fresh.round),
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


def declaration_of(round: Round) -> str:
    """What the sender declares, in the active language."""
    return round.declaration or _(
        "I declare that what this application says is true and complete, that the applicant holds"
        " the rights to what is handed in, that nobody else pays for the same work, and that I may"
        " act for the applicant. I know that an award based on false statements is taken back."
    )


def in_the_way(application: Application) -> dict[str, str]:
    """One sentence for each thing that must be put right before this can be signed or sent."""
    return held_files(application) | missing(application)


def complete_content(application: Application) -> dict:
    """What would be frozen now. Raises `Refused` while something is in the way."""
    if wrong := in_the_way(application):
        raise Refused(_("Some answers are missing or need a correction."), problems=wrong)
    return content_of(application)


def signature_under(application: Application, sha256: str) -> SignOff | None:
    """The signature under the content with this digest."""
    signed = application.sign_offs.filter(state="signed", sha256=sha256)
    return signed.select_related("signed_by").order_by("-pk").first()


def content_of(application: Application) -> dict:
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
