"""What calibrations of a round found; a run that is done stays as it is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, kept_from
from grants.core.lifecycle import StateField, known_states
from grants.programs.models import Round
from grants.reviews import guards, lifecycle
from grants.reviews.lifecycle import CalibrationState


class CalibrationQuerySet(models.QuerySet):
    def unfinished(self) -> "CalibrationQuerySet":
        return self.filter(state__in=[CalibrationState.REQUESTED, CalibrationState.RUNNING])


class CalibrationRun(models.Model):
    """One calibration of a round by the formula of that version, reproducible by its seed.

    `inputs_sha256` is the digest of what was read; `agreement` holds `icc`, `icc_calibrated` and
    `alpha`, each a number or null.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="calibrations")
    number = models.PositiveIntegerField(_("number"))
    state = StateField(CalibrationState)
    formula = models.CharField(_("version of the formula"), max_length=10)
    seed = models.PositiveIntegerField(_("seed"))
    inputs_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    agreement = models.JSONField(default=dict, blank=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    lifecycle = lifecycle.CALIBRATION
    objects = CalibrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("calibration")
        verbose_name_plural = _("calibrations")
        constraints = [
            known_states(CalibrationState, "calibrationrun"),
            models.UniqueConstraint(fields=["round", "number"], name="calibrationrun_number_once"),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state__in=["requested", "running"]),
                name="calibrationrun_one_open",
            ),
        ]
        triggers = guards.CALIBRATION_RUN

    def __str__(self) -> str:
        return f"{self.round} · {self.number}"

    @property
    def reference(self) -> str:
        return self.round.slug


def _share(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(funded_share=None) | Q(funded_share__gte=0, funded_share__lte=1), name=name
    )


class CaseStandingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CaseStandingQuerySet":
        """The desk's readers, but nobody those of the own organisations."""
        if not user.has_role(*DESK_READERS):
            return self.none()
        return self.filter(~kept_from(user, "application__"))


class CaseStanding(models.Model):
    """Where an application stands in a run: scores of 0 to 100, ranks from 1.

    Bounds are those of 90 % of the bootstraps, empty where no second review tells the noise.
    `flips`: without some one of its reviewers it would be on the other side of the budget line.
    """

    run = models.ForeignKey(CalibrationRun, on_delete=models.PROTECT, related_name="standings")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="standings")
    reviews = models.PositiveIntegerField()
    raw = models.DecimalField(max_digits=5, decimal_places=2)
    calibrated = models.DecimalField(max_digits=5, decimal_places=2)
    low = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    spread = models.DecimalField(max_digits=5, decimal_places=2)
    rank = models.PositiveIntegerField()
    raw_rank = models.PositiveIntegerField()
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    funded_share = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    flips = models.BooleanField()

    objects = CaseStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing of an application")
        verbose_name_plural = _("standings of applications")
        indexes = [
            models.Index(fields=["run", "rank", "id"], name="casestanding_rank"),
            models.Index(fields=["run", "raw_rank", "id"], name="casestanding_raw_rank"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "application"], name="casestanding_once"),
            models.CheckConstraint(condition=Q(low__lte=F("high")), name="casestanding_bounds"),
            _share("casestanding_share"),
        ]
        triggers = guards.CASE_STANDING

    def __str__(self) -> str:
        return f"{self.run} · {self.rank}"


class ReviewerStandingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ReviewerStandingQuerySet":
        """The desk's readers see all, a reviewer the own."""
        if user.has_role(*DESK_READERS):
            return self
        return self.filter(reviewer=user)


class ReviewerStanding(models.Model):
    """A reviewer in a run: `severity` in points, positive where stricter than colleagues.

    `spread` is the standard deviation of the own scores, `agreement` their correlation with the
    colleagues' scores of the same applications; empty where there are too few.
    """

    run = models.ForeignKey(CalibrationRun, on_delete=models.PROTECT, related_name="reviewers")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calibrations"
    )
    reviews = models.PositiveIntegerField()
    severity = models.DecimalField(max_digits=5, decimal_places=2)
    spread = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    agreement = models.DecimalField(max_digits=4, decimal_places=3, null=True)

    objects = ReviewerStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("calibration of a reviewer")
        verbose_name_plural = _("calibrations of reviewers")
        indexes = [
            models.Index(fields=["run", "-severity", "id"], name="reviewerstanding_severity")
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "reviewer"], name="reviewerstanding_once")
        ]
        triggers = guards.REVIEWER_STANDING

    def __str__(self) -> str:
        return f"{self.run} · {self.reviewer}"
