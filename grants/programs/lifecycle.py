"""The states of a round."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class RoundState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    REVIEWING = "reviewing", _("Reviewing")
    DECIDED = "decided", _("Decided")
    ARCHIVED = "archived", _("Archived")


ROUND = Lifecycle(
    RoundState,
    [
        ("draft", "schedule", "scheduled"),
        (("draft", "scheduled"), "open", "open"),
        ("open", "close", "closed"),
        ("closed", "review", "reviewing"),
        ("reviewing", "decide", "decided"),
        ("decided", "archive", "archived"),
    ],
)

register(
    "round",
    {
        "create": _("Round made"),
        "change": _("Round changed"),
        "build": _("Form changed"),
        "begin_version": _("New version of the form begun"),
        "publish_version": _("New version of the form published"),
        "discard_version": _("New version of the form thrown away"),
        "schedule": _("Round scheduled"),
        "open": _("Round opened"),
        "close": _("Round closed"),
        "review": _("Review of the round began"),
        "decide": _("All decisions of the round were made"),
        "archive": _("Round archived"),
        "export_board": _("Board exported"),
        "export_fairness": _("Fairness report exported"),
    },
)
register(
    "fund",
    {
        "create": _("Fund set up"),
        "change": _("Fund changed"),
        "limit": _("Limits for payouts changed"),
    },
)
register("program", {"create": _("Program made"), "change": _("Program changed")})
