"""What was found, and the runs that found it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import append_only, kept
from grants.programs.models import Round
from grants.screening import lifecycle
from grants.screening.lifecycle import CheckOutcome, RunState, ScreeningOutcome
from grants.screening.models.rules import ScreeningRule


class ScreeningRun(models.Model):
    """A walk through the applications of a round, in the order of their keys.

    `last` is the key of the last application that is done: a run that was left goes on there.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="screening_runs")
    state = StateField(RunState)
    only_new = models.BooleanField(default=False)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    lifecycle = lifecycle.RUN

    class Meta:
        verbose_name = _("run of the screening")
        verbose_name_plural = _("runs of the screening")
        constraints = [
            known_states(RunState, "screeningrun"),
            models.UniqueConstraint(
                fields=["round"], condition=~Q(state=RunState.DONE), name="screeningrun_one_open"
            ),
        ]
        triggers = kept("screeningrun")

    def __str__(self) -> str:
        return f"{self.round} · {self.done}/{self.total}"

    @property
    def reference(self) -> str:
        return self.round.slug


class CheckQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CheckQuerySet":
        """The desk sees the checks, but nobody those of a case with a conflict."""
        if not user.has_role(*DESK_READERS):
            return self.none()
        return self.filter(~kept_from(user, "application__"))

    def standing(self) -> "CheckQuerySet":
        """Of each rule of each application the latest check."""
        return self.order_by("application_id", "rule_id", "-id").distinct(
            "application_id", "rule_id"
        )


class EligibilityCheck(models.Model):
    """One rule asked of one application. The latest stands; the others are history.

    `evidence` is data: `words.py` says it in the reader's language. `decided_by` is the officer
    who decided it with a reason; without one a run found it.
    """

    is_withheld = False  # set where it is read by who may see none of the cases that it names

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="checks")
    rule = models.ForeignKey(ScreeningRule, on_delete=models.PROTECT, related_name="checks")
    outcome = models.CharField(_("outcome"), max_length=8, choices=CheckOutcome.choices)
    evidence = models.JSONField(default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        indexes = [models.Index(fields=["application", "rule", "-id"], name="check_standing")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=CheckOutcome.values), name="check_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(reason=""), name="check_officer_says_why"
            ),
        ]
        triggers = append_only("eligibilitycheck")

    def __str__(self) -> str:
        return f"{self.rule} · {self.get_outcome_display()}"

    @property
    def case(self) -> str:
        return self.application.reference

    @property
    def reference(self) -> str:
        return self.application.reference


class Screening(models.Model):
    """What the standing checks of an application say together; the list is filtered by it."""

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="screening"
    )
    outcome = models.CharField(max_length=8, choices=ScreeningOutcome.choices)
    failed = models.PositiveSmallIntegerField()
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("screening of an application")
        verbose_name_plural = _("screenings of applications")
        indexes = [models.Index(fields=["outcome", "-application"], name="screening_outcome")]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.get_outcome_display()}"


class ScreeningFact(models.Model):
    """What applications are compared by: an app's package, or the beginning of a text.

    `name` is "package:<question>" or "text:<question>"; `submission_number` is the submission that
    the value was read from; of texts trigrams are kept. All of it can be read again.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    submission_number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=50)
    is_text = models.BooleanField()
    value = models.CharField(max_length=600)

    class Meta:
        verbose_name = _("fact of the screening")
        verbose_name_plural = _("facts of the screening")
        indexes = [
            models.Index(fields=["application", "name"], name="screeningfact_application"),
            models.Index(fields=["name", "value"], name="screeningfact_value"),
            GinIndex(
                fields=["value"],
                opclasses=["gin_trgm_ops"],
                condition=Q(is_text=True),
                name="screeningfact_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.value[:20]}"
