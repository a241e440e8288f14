"""Decisions: proposed by one person, confirmed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, kept_from
from grants.awards import guards, lifecycle
from grants.awards.lifecycle import DecisionState
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField


class Outcome(models.TextChoices):
    AWARD = "award", _("Award")
    WAITLIST = "waitlist", _("Waiting list")
    DECLINE = "decline", _("Not funded")


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DecisionQuerySet":
        """The desk sees decisions but for conflicts; applicants see their released ones."""
        mine = Q(application__organisation__in=user.own_organisations)
        released = Q(state=DecisionState.RELEASED) & mine
        if user.has_role(*DESK_READERS):
            return self.filter(released | ~kept_from(user, "application__"))
        return self.filter(released)

    def standing(self) -> "DecisionQuerySet":
        return self.exclude(state=DecisionState.DISCARDED)


class Decision(models.Model):
    """The formal outcome: proposed by one person, confirmed by another.

    `basis` is the digest of what the proposal rests on; a confirmation is refused when it changed.
    """

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("application"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    amount = MoneyField(_("amount"), null=True, blank=True)
    reasons = models.TextField(_("reasons"), help_text=_("For the file; not shown to applicants."))
    feedback = models.TextField(_("feedback to the applicant"), blank=True)
    basis = models.CharField(max_length=64)
    state = StateField(DecisionState)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, editable=False)

    lifecycle = lifecycle.DECISION
    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["state", "-id"], name="decision_state")]
        constraints = [
            known_states(DecisionState, "decision"),
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state=DecisionState.DISCARDED),
                name="decision_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.AWARD, amount__isnull=False, amount__gt=0)
                | (~Q(outcome=Outcome.AWARD) & Q(amount=None)),
                name="decision_amount_with_award_only",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="decision_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "discarded"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="decision_confirmed_by_somebody",
            ),
        ]
        triggers = guards.DECISION

    def __str__(self) -> str:
        return f"{self.application.reference} · {self.get_outcome_display()}"

    @property
    def case(self) -> str:
        return self.application.reference

    @property
    def currency(self) -> str:
        return self.application.currency
