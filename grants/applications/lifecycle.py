"""The states of an application."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SCREENING = "screening", _("In screening")
    RETURNED = "returned", _("More information asked")
    INELIGIBLE = "ineligible", _("Not eligible")
    IN_REVIEW = "in_review", _("In review")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


WITHDRAWABLE = ("draft", "submitted", "screening", "returned", "in_review")

APPLICATION = Lifecycle(
    ApplicationState,
    [
        (("draft", "submitted", "returned"), "submit", "submitted"),
        ("submitted", "begin_screening", "screening"),
        ("screening", "pass", "in_review"),
        ("screening", "fail", "ineligible"),
        (("submitted", "screening"), "return", "returned"),
        ("in_review", "decide", "decided"),
        (WITHDRAWABLE, "withdraw", "withdrawn"),
    ],
)

register(
    "application",
    {
        "start": _("Application begun"),
        "submit": _("Submitted"),
        "begin_screening": _("Screening began"),
        "pass": _("Found eligible"),
        "fail": _("Found not eligible"),
        "return": _("More information asked"),
        "set_back": _("Unsent changes were set back"),
        "decide": _("Decision released"),
        "withdraw": _("Withdrawn"),
    },
)
register("document", {"upload": _("Document added"), "remove": _("Document removed")})
