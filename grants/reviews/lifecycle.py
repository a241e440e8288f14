"""The states of an assignment and of a review."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class AssignmentState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    RECUSED = "recused", _("Recused")
    EXPIRED = "expired", _("Expired")


ASSIGNMENT = Lifecycle(
    AssignmentState,
    [
        ("invited", "accept", "accepted"),
        ("invited", "decline", "declined"),
        (("invited", "accepted", "completed"), "recuse", "recused"),
        (("invited", "accepted"), "complete", "completed"),
        ("completed", "reopen", "accepted"),
        ("recused", "ask_again", "invited"),
        ("recused", "reinstate", "completed"),
        (("invited", "accepted"), "expire", "expired"),
    ],
)


class ReviewState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")


REVIEW = Lifecycle(
    ReviewState, [("draft", "submit", "submitted"), ("submitted", "reopen", "draft")]
)


class CalibrationState(models.TextChoices):
    REQUESTED = "requested", _("Waits")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


CALIBRATION = Lifecycle(
    CalibrationState,
    [
        ("requested", "begin", "running"),
        ("running", "finish", "done"),
        (("requested", "running"), "fail", "failed"),
    ],
)

register(
    "calibrationrun",
    {
        "request": _("Calibration asked for"),
        "begin": _("Calibration started"),
        "finish": _("Calibration finished"),
        "fail": _("Calibration failed"),
    },
)
register(
    "assignment",
    {
        "assign": _("Reviewer assigned"),
        "accept": _("Reviewer accepted"),
        "decline": _("Reviewer declined"),
        "recuse": _("Reviewer recused"),
        "complete": _("Reviewer finished"),
        "reopen": _("Assignment reopened"),
        "ask_again": _("Reviewer asked again"),
        "reinstate": _("Reviewer's scores count again"),
        "expire": _("Assignment expired"),
    },
)
register(
    "review",
    {
        "save": _("Scores saved"),
        "submit": _("Review submitted"),
        "reopen": _("Review reopened"),
    },
)
