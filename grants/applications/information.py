"""What an officer asked for, and which questions are open again for it."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.core.triggers import fixed, kept

# The project's page has no questions of the form; these name what stands on it.
PROJECT_KEYS = ("title", "requested_amount")


class InformationRequest(models.Model):
    """One asking. `keys` are the questions that are open for it; none: all of them.

    `answered_at` is when the application was sent again; only the last request can be open.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="information_requests"
    )
    number = models.PositiveSmallIntegerField()
    keys = models.JSONField(default=list, blank=True)
    words = models.TextField(gettext_lazy("what is asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = gettext_lazy("request for information")
        verbose_name_plural = gettext_lazy("requests for information")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="informationrequest_once"
            )
        ]
        triggers = [
            *kept("informationrequest"),
            fixed("informationrequest", "application_id", "number", "keys", "words", "asked_by_id"),
        ]

    def __str__(self) -> str:
        return self.words


def open_request(application: Application) -> InformationRequest | None:
    """What is asked now; None where nothing is."""
    if application.state != "returned":
        return None
    return application.information_requests.order_by("-number").first()


def open_keys(application: Application) -> frozenset[str] | None:
    """The keys of the questions that may be changed; None: all that the form has."""
    asked = open_request(application)
    return frozenset(asked.keys) if asked and asked.keys else None


def closed_keys(application: Application, keys: Iterable[str]) -> list[str]:
    """Those of these questions that were sent and stay."""
    allowed = open_keys(application)
    return [] if allowed is None else [key for key in keys if key not in allowed]


def refuse_closed_keys(application: Application, keys: Iterable[str]) -> None:
    """Raises `Refused` at the first of these questions that was not asked again."""
    for key in closed_keys(application, keys):
        raise Refused(
            _("This answer was sent and stays. Only what the fund asked for can be changed."),
            field=key,
        )


def note_answered(application: Application, at) -> None:
    """The application was sent again: what was asked is answered."""
    application.information_requests.filter(answered_at=None).update(answered_at=at)
