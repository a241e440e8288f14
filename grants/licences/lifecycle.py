"""The states of a business licence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class LicenceState(models.TextChoices):
    PENDING = "pending", _("Being verified")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Not accepted")
    REPLACED = "replaced", _("Replaced")


LICENCE = Lifecycle(
    LicenceState,
    [
        ("pending", "verify", "verified"),
        ("pending", "refuse", "refused"),
        (("pending", "verified", "refused"), "replace", "replaced"),
    ],
)

register(
    "licence",
    {
        "upload": _("Business licence added"),
        "verify": _("Business licence verified"),
        "refuse": _("Business licence not accepted"),
        "replace": _("Business licence replaced"),
    },
)
