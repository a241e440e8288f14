"""What a grantee must reach, and the evidence for it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Document, kept_from
from grants.awards.lifecycle import IN_FORCE
from grants.awards.models import Award
from grants.core.bilingual import Bilingual
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField
from grants.milestones import guards, lifecycle
from grants.milestones.lifecycle import MilestoneState

WAITING = (MilestoneState.PLANNED, MilestoneState.RETURNED)


class MilestoneQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MilestoneQuerySet":
        own = Q(award__application__organisation__in=user.own_organisations)
        if user.has_role(*DESK_READERS):
            return self.filter(own | ~kept_from(user, "award__application__"))
        return self.filter(own)

    def overdue(self) -> "MilestoneQuerySet":
        late = Q(state__in=WAITING, award__state__in=IN_FORCE)
        return self.filter(late, due_on__lt=timezone.localdate())


class Milestone(models.Model):
    """What must be reached, by when; accepting it releases `amount` of the award."""

    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, related_name="milestones", verbose_name=_("award")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title_zh = models.CharField(_("title (Chinese)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120)
    amount = MoneyField(_("amount"))
    due_on = models.DateField(_("due"))
    state = StateField(MilestoneState)
    report = models.TextField(_("report"), blank=True)
    answer = models.TextField(_("answer of the fund"), blank=True)
    submitted_at = models.DateTimeField(_("reported"), null=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)

    title = Bilingual()
    lifecycle = lifecycle.MILESTONE
    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["award", "number"]
        indexes = [models.Index(fields=["state", "due_on"], name="milestone_state_due")]
        constraints = [
            known_states(MilestoneState, "milestone"),
            models.UniqueConstraint(fields=["award", "number"], name="milestone_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="milestone_amount_positive"),
        ]
        triggers = guards.MILESTONE

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        return f"{self.award.reference}/{self.number}"

    @property
    def case(self) -> str:
        return self.award.case

    @property
    def currency(self) -> str:
        return self.award.currency

    @property
    def is_late(self) -> bool:
        waiting = self.state in WAITING and self.award.state in IN_FORCE
        return waiting and self.due_on < timezone.localdate()


class Evidence(models.Model):
    """A document that stands for a milestone."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="evidence")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return str(self.document)
