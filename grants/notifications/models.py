"""What was told to whom: one row for each event, person and channel."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications.models import Application
from grants.events.models import Event
from grants.notifications.lifecycle import NotificationState
from grants.payouts.selectors import events_kept_from


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "NotificationQuerySet":
        """The own mails, all to who reads them; at the desk none of a case that bars the person."""
        own = Q(
            person=user, event__case__in=Application.objects.of_applicant(user).values("reference")
        )
        seen = self.filter(own | ~events_kept_from(user, "event__"))
        return seen if user.has_perm("grants.read_mails") else seen.filter(person=user)


class Notification(models.Model):
    """A mail to one person, or to an address that has no account yet (`person` is empty).

    `event` is empty for mails of the account itself; those and invitations are `is_secret`.

    `lease_until` is set while a worker sends; the text of a secret mail is dropped once it is sent.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="notifications"
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    kind = models.CharField(_("kind"), max_length=80)
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=10)
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    is_secret = models.BooleanField(default=False)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=NotificationState.choices,
        default=NotificationState.WAITING,
    )
    at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    error = models.TextField(_("error"), blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=models.Q(state="waiting"),
                name="notification_waiting",
            ),
            models.Index(fields=["state", "-id"], name="notification_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person", "channel"], name="notification_once"
            ),
            models.UniqueConstraint(
                fields=["event", "address", "channel"],
                condition=models.Q(person=None, event__isnull=False),
                name="notification_address_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=NotificationState.values),
                name="notification_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"
