"""What of an application tells its reviewers in a blind round who applies."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications import lifecycle
from grants.applications.lifecycle import BlindCheckState
from grants.applications.models.cases import Application, Submission
from grants.applications.models.conflicts import kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import fixed, kept, only_moves


class BlindCheckQuerySet(models.QuerySet):
    def visible_to(self, user) -> "BlindCheckQuerySet":
        """For those who see the scores of the case."""
        if not user.has_perm("grants.view_scores"):
            return self.none()
        return self.filter(~kept_from(user, "application__"))


class BlindCheck(models.Model):
    """One look at one submission. `findings` are `[{"place", "question", "name", "kind", "what"}]`.

    Place is title, answer, file_name, text, metadata or unread; the question is its key, the name
    the file's; kind says what is told, and what are the words.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="blind_checks"
    )
    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="blind_check"
    )
    findings = models.JSONField(_("what it tells"), default=list)
    state = StateField(BlindCheckState)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    let_pass_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)

    lifecycle = lifecycle.BLIND_CHECK
    objects = BlindCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a blind round")
        verbose_name_plural = _("checks of blind rounds")
        constraints = [
            known_states(BlindCheckState, "blindcheck"),
            models.CheckConstraint(
                condition=~Q(state="let_pass") | Q(let_pass_by__isnull=False) & ~Q(reason=""),
                name="blindcheck_let_pass_by_somebody",
            ),
        ]
        triggers = [
            *kept("blindcheck"),
            only_moves("blindcheck", lifecycle.BLIND_CHECK),
            fixed("blindcheck", "application_id", "submission_id", "findings", "at"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.get_state_display()}"

    @property
    def case(self) -> str:
        return self.application.reference
