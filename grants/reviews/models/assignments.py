"""Who was asked to review what."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, kept_from
from grants.core.lifecycle import StateField, known_states
from grants.reviews import guards, lifecycle
from grants.reviews.lifecycle import AssignmentState

STANDING = (AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.COMPLETED)


class AssignmentQuerySet(models.QuerySet):
    def standing(self) -> "AssignmentQuerySet":
        """Neither declined, recused nor expired."""
        return self.filter(state__in=STANDING)

    def visible_to(self, user) -> "AssignmentQuerySet":
        """A reviewer sees the own standing ones; officers and readers of the desk see all.

        Nobody sees those of an application that something keeps the person from.
        """
        rows = self.filter(~kept_from(user, "application__"))
        if user.has_role(*DESK_READERS):
            return rows
        return rows.filter(reviewer=user, state__in=STANDING)

    def held_by(self, user) -> "AssignmentQuerySet":
        """The person's own standing ones, without those that a conflict hides."""
        return self.standing().filter(~kept_from(user, "application__"), reviewer=user)


class Assignment(models.Model):
    """A reviewer asked to review an application."""

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="assignments",
        verbose_name=_("application"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="assignments",
        verbose_name=_("reviewer"),
    )
    state = StateField(AssignmentState)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("assigned by"),
    )
    at = models.DateTimeField(_("assigned"), default=timezone.now, editable=False)
    reason = models.TextField(_("reason"), blank=True)

    lifecycle = lifecycle.ASSIGNMENT
    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(fields=["reviewer", "state", "-id"], name="assignment_reviewer_state")
        ]
        constraints = [
            known_states(AssignmentState, "assignment"),
            models.UniqueConstraint(fields=["application", "reviewer"], name="assignment_once"),
        ]
        triggers = guards.ASSIGNMENT

    def __str__(self) -> str:
        return f"{self.application.reference} · {self.reviewer}"

    @property
    def case(self) -> str:
        return self.application.reference
