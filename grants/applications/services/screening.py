"""What an officer decides about an application that came in."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.information import PROJECT_KEYS, InformationRequest
from grants.applications.models import Application
from grants.applications.selectors import questions_of
from grants.applications.services.editing import locked
from grants.core.errors import Refused
from grants.core.money import to_fen
from grants.core.policy import require
from grants.events.services import advance, record


@transaction.atomic
def screen(application: Application, *, by, is_eligible: bool, reason: str = "") -> None:
    """Passes an application on to review, or finds it not eligible with a reason.

    The doors call it through `grants.screening`, which asks the checks of the round first.
    """
    require(by, "screen_application", application)
    fresh = locked(application)
    if fresh.round.is_open:
        raise Refused(_("The round is still open: applicants may change their answers until then."))
    if not is_eligible and not reason.strip():
        raise Refused(_("Say why the application is not eligible."), field="reason")
    if fresh.state == "submitted":
        advance(application, "begin_screening", by=by)
    advance(application, "pass" if is_eligible else "fail", by=by, data={"reason": reason})


@transaction.atomic
def return_for_information(
    application: Application, *, by, reason: str, questions: Sequence[str] = ()
) -> InformationRequest:
    """Asks the applicant for more; what is asked can be changed and sent again.

    `questions` are keys of the form, "title" or "requested_amount"; none: everything is open
    again. What else was changed since the last submission goes back to what was sent.
    """
    require(by, "return_application", application)
    if not reason.strip():
        raise Refused(_("Say what you need to know."), field="reason")
    fresh = locked(application)
    keys = _known_keys(fresh, questions)
    data = {"reason": reason} | ({"questions": keys} if keys else {})
    advance(application, "return", by=by, return_reason=reason, data=data)
    if keys:
        _back_to_what_was_sent(fresh, keys, by=by)
    return InformationRequest.objects.create(
        application=application,
        number=fresh.information_requests.count() + 1,
        keys=keys,
        words=reason,
        asked_by=by,
    )


def _known_keys(application: Application, questions: Sequence[str]) -> list[str]:
    known = [*PROJECT_KEYS, *(question.key for question in questions_of(application))]
    unknown = sorted(set(questions) - set(known))
    if unknown:
        raise Refused(
            _("The form has no question “%(key)s”.") % {"key": unknown[0]}, field="questions"
        )
    return [key for key in known if key in questions]


def _back_to_what_was_sent(application: Application, keys: list[str], *, by) -> None:
    """The draft of the other questions, and their files, as in the last submission."""
    latest = application.latest
    if latest is None:
        return
    sent = latest.content["answers"]
    draft = application.answers
    kept = {key: value for key, value in draft.items() if key in keys}
    unsent = {key: value for key, value in draft.items() if sent.get(key, "") != value}
    unsent = {key: value for key, value in unsent.items() if key not in keys}
    application.answers = {key: value for key, value in sent.items() if key not in keys} | kept
    columns = {
        "title": latest.content["title"],
        "requested_amount": to_fen(latest.content["requested_amount"]),
    }
    for name, value in columns.items():
        if name not in keys and getattr(application, name) != value:
            unsent[name] = getattr(application, name)
            setattr(application, name, value)
    application.save(update_fields=["answers", "title", "requested_amount"])
    _files_back(application, latest, keys)
    if unsent:
        record(application, "set_back", by=by, data={"unsent": unsent})


def _files_back(application: Application, latest, keys: list[str]) -> None:
    sent = {(row["question"], row["sha256"]) for row in latest.content["files"]}
    for document in application.documents.exclude(question_key__in=["", *keys]).order_by("pk"):
        is_sent = (document.question_key, document.sha256) in sent
        if not is_sent and document.removed_at is None:
            document.removed_at = timezone.now()
        elif is_sent and document.removed_at and document.removed_at > latest.at:
            document.removed_at = None
        else:
            continue
        document.save(update_fields=["removed_at"])
