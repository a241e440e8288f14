"""What a screening officer decides about an application."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.services.editing import locked
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance


@transaction.atomic
def screen(application: Application, *, by, is_eligible: bool, reason: str = "") -> None:
    """Passes an application on to review, or finds it not eligible with a reason."""
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
def return_for_information(application: Application, *, by, reason: str) -> None:
    """Asks the applicant for more; the answers can be changed and sent again."""
    require(by, "return_application", application)
    if not reason.strip():
        raise Refused(_("Say what you need to know."), field="reason")
    advance(application, "return", by=by, return_reason=reason, data={"reason": reason})
