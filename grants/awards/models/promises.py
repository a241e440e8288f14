"""Awards, the promises that decisions make."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, kept_from
from grants.awards import guards, lifecycle
from grants.awards.lifecycle import AwardState, DecisionState
from grants.awards.models.decisions import Decision
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AwardQuerySet":
        """Members see an award once its decision was released; the desk but for conflicts."""
        mine = Q(application__organisation__in=user.own_organisations)
        released = mine & Q(decision__state=DecisionState.RELEASED)
        if user.has_role(*DESK_READERS):
            return self.filter(released | ~kept_from(user, "application__"))
        return self.filter(released)


class Award(models.Model):
    """The promise of money. `plan` freezes the milestones that were offered:
    `[{"title_zh", "title_en", "amount", "due_after_days"}]`.
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="award", verbose_name=_("application")
    )
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="award")
    amount = MoneyField(_("amount"))
    plan = models.JSONField(encoder=DjangoJSONEncoder)
    state = StateField(AwardState)
    offered_at = models.DateTimeField(_("offered"), default=timezone.now, editable=False)
    accept_by = models.DateTimeField(_("accept by"), null=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)

    lifecycle = lifecycle.AWARD
    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        indexes = [models.Index(fields=["state", "-id"], name="award_state")]
        constraints = [
            known_states(AwardState, "award"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_amount_positive"),
        ]
        triggers = guards.AWARD

    def __str__(self) -> str:
        return self.reference

    @property
    def case(self) -> str:
        return self.application.reference

    @property
    def currency(self) -> str:
        return self.application.currency

    @property
    def organisation(self):
        return self.application.organisation
