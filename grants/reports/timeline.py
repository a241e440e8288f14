"""What happened to a grant, as each reader may know it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application
from grants.events.models import Event

FOR_APPLICANTS = (
    "application.start",
    "application.submit",
    "application.begin_screening",
    "application.pass",
    "application.fail",
    "application.return",
    "application.extend",
    "application.withdraw",
    "document.upload",
    "document.remove",
    "decision.release",
    "award.offer",
    "award.accept",
    "award.decline",
    "award.activate",
    "award.suspend",
    "award.resume",
    "award.terminate",
    "award.complete",
    "milestone.submit",
    "milestone.accept",
    "milestone.return",
    "milestone.waive",
    "payout.request",
    "payout.send",
    "payout.settle",
    "payout.fail",
    "payout.return",
    "payout.cancel",
    "conversation.ask",
    "conversation.answer",
)
LONGEST = 100


@dataclass(frozen=True)
class Happened:
    label: str
    actor: str
    at: datetime
    text: str = ""


def timeline_of(application: Application, user) -> list[Happened]:
    """The newest events of the case, newest first, at most `LONGEST`.

    The desk sees all with names. Applicants, and desk people on a case of their own, see what
    concerns them, without the names of the fund's people. One query.
    """
    members = None
    if not user.has_role(*DESK_READERS) or application.organisation.role_of(user):
        members = set(application.organisation.memberships.values_list("user_id", flat=True))
    events = Event.objects.filter(case=application.reference).select_related("actor")
    if members is not None:
        events = events.filter(kind__in=FOR_APPLICANTS)
    return [
        Happened(event.label, told_by(event, members), event.at)
        for event in events.order_by("-id")[:LONGEST]
    ]


def told_by(event: Event, members: set[int] | None) -> str:
    """Who did it. For `members` the fund's people have no names; None is the desk."""
    if event.actor is None:
        return _("The portal")
    if members is not None and event.actor_id not in members:
        return _("The fund")
    return str(event.actor)
