"""The states of a decision and of an award."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class DecisionState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    RELEASED = "released", _("Released")
    DISCARDED = "discarded", _("Discarded")


DECISION = Lifecycle(
    DecisionState,
    [
        ("proposed", "confirm", "confirmed"),
        ("proposed", "discard", "discarded"),
        ("confirmed", "release", "released"),
    ],
)


class AwardState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    SUSPENDED = "suspended", _("Suspended")
    TERMINATED = "terminated", _("Terminated")


IN_FORCE = (AwardState.ACCEPTED, AwardState.ACTIVE)

AWARD = Lifecycle(
    AwardState,
    [
        ("offered", "accept", "accepted"),
        ("offered", "decline", "declined"),
        ("accepted", "activate", "active"),
        (IN_FORCE, "complete", "completed"),
        ("completed", "reopen", "active"),
        (("accepted", "active"), "suspend", "suspended"),
        ("suspended", "resume", "active"),
        (("accepted", "active", "suspended"), "terminate", "terminated"),
    ],
)


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


MEETING = Lifecycle(
    MeetingState,
    [
        ("planned", "start", "running"),
        (("planned", "running"), "end", "ended"),
    ],
)

register(
    "decision",
    {
        "propose": _("Decision proposed"),
        "confirm": _("Decision confirmed"),
        "discard": _("Proposal discarded"),
        "release": _("Decision released"),
    },
)
register(
    "award",
    {
        "offer": _("Award offered"),
        "accept": _("Award accepted"),
        "decline": _("Award declined"),
        "activate": _("Award in force"),
        "complete": _("Award completed"),
        "reopen": _("Award in force again: a payment came back"),
        "suspend": _("Award suspended"),
        "resume": _("Award resumed"),
        "terminate": _("Award terminated"),
    },
)
register(
    "meeting",
    {
        "plan": _("Meeting planned"),
        "start": _("Meeting started"),
        "show": _("Meeting went to another item"),
        "end": _("Meeting ended"),
    },
)
register(
    "meetingitem",
    {
        "add": _("Put on the agenda of a meeting"),
        "remove": _("Taken off the agenda"),
        "note": _("Noted in the meeting"),
    },
)
