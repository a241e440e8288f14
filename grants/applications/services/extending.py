"""More time for one application."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import TAKES_LATE, Application, Extension
from grants.applications.services.editing import locked
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import record

MOST_DAYS = 90


@transaction.atomic
def extend(application: Application, *, by, until: datetime, reason: str) -> Extension:
    """Lets an application be changed and sent until a later moment; the applicant reads why.

    Raises `Refused` where that is not later than what holds, or the round is decided.
    """
    require(by, "extend_application", application)
    fresh = locked(application)
    if not reason.strip():
        raise Refused(_("Say why more time is given."), field="reason")
    if fresh.state not in ("draft", "submitted") or fresh.round.state not in TAKES_LATE:
        raise Refused(_("More time can be given for drafts of rounds that are not decided."))
    if until <= max(timezone.now(), fresh.deadline):
        raise Refused(_("Choose a moment that is later than the present deadline."), field="until")
    if (until - fresh.round.closes_at).days >= MOST_DAYS:
        sentence = _("At most %(count)s days after the close can be given.") % {"count": MOST_DAYS}
        raise Refused(sentence, field="until")
    extension = Extension.objects.create(
        application=fresh, until=until, reason=reason.strip(), given_by=by
    )
    record(
        fresh,
        "extend",
        by=by,
        data={"until": until.isoformat(), "reason": extension.reason},
    )
    return extension
