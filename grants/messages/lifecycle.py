"""Whose turn it is in a conversation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class ConversationState(models.TextChoices):
    QUIET = "quiet", _("Nothing waits")
    WAITS = "waits", _("Waits for the fund")


CONVERSATION = Lifecycle(
    ConversationState,
    [
        (("quiet", "waits"), "ask", "waits"),
        (("quiet", "waits"), "answer", "quiet"),
        ("waits", "settle", "quiet"),
    ],
)

register(
    "conversation",
    {
        "ask": _("The applicant wrote to the fund"),
        "answer": _("The fund wrote to the applicant"),
        "settle": _("Marked as needing no answer"),
    },
)
