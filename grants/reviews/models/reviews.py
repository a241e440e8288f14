"""Reviews and their scores."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField
from grants.programs.models import Criterion
from grants.reviews import guards, lifecycle
from grants.reviews.lifecycle import ReviewState
from grants.reviews.models.assignments import STANDING, Assignment


class Recommendation(models.TextChoices):
    FUND = "fund", _("Fund in full")
    FUND_IN_PART = "fund_in_part", _("Fund in part")
    DECLINE = "decline", _("Do not fund")


class Confidence(models.IntegerChoices):
    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ReviewQuerySet":
        """A reviewer sees the own reviews; the desk's readers see those that were submitted."""
        rows = self.filter(~kept_from(user, "assignment__application__"))
        own = Q(assignment__reviewer=user, assignment__state__in=STANDING)
        if user.has_role(*DESK_READERS):
            return rows.filter(own | Q(state=ReviewState.SUBMITTED))
        return rows.filter(own)

    def counting(self) -> "ReviewQuerySet":
        """The reviews that count for a decision."""
        return self.filter(state=ReviewState.SUBMITTED, assignment__state__in=STANDING)


class Review(models.Model):
    """One reviewer's scores, comment, confidence and recommendation."""

    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, related_name="review", verbose_name=_("assignment")
    )
    recommendation = models.CharField(
        _("recommendation"), max_length=15, choices=Recommendation.choices, blank=True
    )
    amount = MoneyField(_("recommended amount"), null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(
        _("confidence"), choices=Confidence.choices, null=True, blank=True
    )
    comment = models.TextField(_("comment"), blank=True)
    state = StateField(ReviewState)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)

    lifecycle = lifecycle.REVIEW
    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [known_states(ReviewState, "review")]
        triggers = guards.REVIEW

    def __str__(self) -> str:
        return str(self.assignment)

    @property
    def case(self) -> str:
        return self.assignment.application.reference

    @property
    def weighted_mean(self) -> Decimal | None:
        return weighted_mean(self.scores.all())


class Score(models.Model):
    """One reviewer's mark for one criterion; no value is “not applicable”."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0), name="score_not_negative"
            ),
        ]
        triggers = guards.SCORE

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.value}"


def weighted_mean(scores) -> Decimal | None:
    """Mean of value ÷ scale by weight, on a scale of 0 to 100, to two places.

    Criteria marked not applicable are left out. None where nothing was scored.
    """
    counted = [score for score in scores if score.value is not None]
    weight = sum((score.criterion.weight for score in counted), Decimal(0))
    if not weight:
        return None
    total = sum(
        (score.value / score.criterion.scale * score.criterion.weight for score in counted),
        Decimal(0),
    )
    return (100 * total / weight).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
