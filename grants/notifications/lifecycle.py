"""The states of a notification."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.events.words import register


class NotificationState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")


register("notification", {"retry": _("Mail tried again")})
