"""The signatory's word that an application may be sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications import lifecycle
from grants.applications.lifecycle import SignOffState
from grants.applications.models.cases import Application
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import fixed, kept, only_moves


class SignOff(models.Model):
    """What a signatory is asked to sign: exactly `content`, whose digest is `sha256`."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="sign_offs")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = StateField(SignOffState)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_as = models.CharField(_("signed as"), max_length=100, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, editable=False)
    declaration = models.TextField(_("declaration"), blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)

    lifecycle = lifecycle.SIGN_OFF

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [
            known_states(SignOffState, "signoff"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="asked"), name="signoff_asked_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="signoff_signed_by_somebody",
            ),
        ]
        triggers = [
            *kept("signoff"),
            only_moves("signoff", lifecycle.SIGN_OFF),
            fixed("signoff", "application_id", "content", "sha256", "asked_by_id", "asked_at"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.get_state_display()}"

    @property
    def reference(self) -> str:
        return self.application.reference

    @property
    def case(self) -> str:
        return self.application.reference
