"""Tries to send a payout, and how the rails are."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications.models import kept_from
from grants.core.lifecycle import StateField, known_states
from grants.payouts import guards, lifecycle
from grants.payouts.lifecycle import LIVE, AttemptState
from grants.payouts.models.batches import PayoutBatch, RailName
from grants.payouts.models.payees import MONEY_READERS
from grants.payouts.models.payouts import Payout


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AttemptQuerySet":
        if not user.has_role(*MONEY_READERS):
            return self.none()
        return self.filter(~kept_from(user, "payout__milestone__award__application__"))

    def unsettled(self) -> "AttemptQuerySet":
        """Those without a final answer, and those that cannot be called."""
        cannot = Q(state=AttemptState.PREPARED) & ~Q(code="")
        return self.filter(Q(state__in=[AttemptState.UNKNOWN, AttemptState.ACCEPTED]) | cannot)


class PaymentAttempt(models.Model):
    """One try to send a payout, under a number that is committed before the first call.

    `lease_until` is set while a worker calls; a lease that ran out means that nobody knows.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="attempts")
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="attempts")
    number = models.CharField(_("payment number"), max_length=64, unique=True)
    rail = models.CharField(_("rail"), max_length=20, choices=RailName.choices)
    state = StateField(AttemptState)
    code = models.CharField(_("code"), max_length=64, blank=True)
    message = models.TextField(_("message"), blank=True)
    rail_reference = models.CharField(_("number at the rail"), max_length=64, blank=True)
    exchange = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    asked = models.PositiveIntegerField(_("times asked"), default=0)
    prepared_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    called_at = models.DateTimeField(_("called"), null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    next_ask_at = models.DateTimeField(_("next question"), null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    lifecycle = lifecycle.ATTEMPT
    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        indexes = [
            models.Index(
                fields=["state", "next_ask_at", "id"],
                condition=Q(state__in=LIVE),
                name="attempt_live",
            ),
            models.Index(
                fields=["settled_at"],
                condition=Q(state=AttemptState.SUCCEEDED),
                name="attempt_succeeded_at",
            ),
        ]
        constraints = [
            known_states(AttemptState, "paymentattempt"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(state__in=LIVE), name="attempt_one_live"
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(state=AttemptState.SUCCEEDED),
                name="attempt_one_success",
            ),
        ]
        triggers = guards.ATTEMPT

    def __str__(self) -> str:
        return self.number

    @property
    def case(self) -> str:
        return self.payout.case

    @property
    def is_unsettled(self) -> bool:
        """What `unsettled()` asks of many."""
        cannot = self.state == AttemptState.PREPARED and bool(self.code)
        return cannot or self.state in (AttemptState.UNKNOWN, AttemptState.ACCEPTED)


class RailHealth(models.Model):
    """How a rail answers.

    One that answers only errors is stopped until `retry_at`; one that a person stopped
    (`retry_at` empty) until a person lets it go on.
    """

    rail = models.CharField(_("rail"), max_length=20, choices=RailName.choices, primary_key=True)
    failures = models.PositiveIntegerField(_("errors in a row"), default=0)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    retry_at = models.DateTimeField(_("tried again"), null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name = _("rail")
        verbose_name_plural = _("rails")

    def __str__(self) -> str:
        return self.rail
