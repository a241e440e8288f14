"""The states of a milestone."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class MilestoneState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SUBMITTED = "submitted", _("Report submitted")
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", pgettext_lazy("milestone", "Accepted")
    WAIVED = "waived", _("Waived")


MILESTONE = Lifecycle(
    MilestoneState,
    [
        (("planned", "returned"), "submit", "submitted"),
        ("submitted", "accept", "accepted"),
        ("submitted", "return", "returned"),
        (("planned", "submitted", "returned"), "waive", "waived"),
    ],
)

register(
    "milestone",
    {
        "submit": _("Milestone reported"),
        "accept": _("Milestone accepted"),
        "return": _("Milestone returned"),
        "waive": _("Milestone waived"),
    },
)
