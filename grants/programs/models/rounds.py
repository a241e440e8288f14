"""Rounds, with their criteria and the milestones that they plan."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.core.bilingual import Bilingual
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField, more_than_nothing
from grants.programs import lifecycle
from grants.programs.lifecycle import RoundState
from grants.programs.models.funds import Program


class RoundQuerySet(models.QuerySet):
    def public(self) -> "RoundQuerySet":
        """What anybody may see: everything but drafts and the archive."""
        return self.exclude(state__in=[RoundState.DRAFT, RoundState.ARCHIVED])

    def open_now(self) -> "RoundQuerySet":
        now = timezone.now()
        return self.filter(state=RoundState.OPEN, opens_at__lte=now, closes_at__gt=now)

    def visible_to(self, user) -> "RoundQuerySet":
        return self if user.has_perm("grants.manage_rounds") else self.public()


class Round(models.Model):
    """A dated call of a program."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("program")
    )
    slug = models.SlugField(_("short name"), unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120)
    summary_zh = models.TextField(_("summary (Chinese)"))
    summary_en = models.TextField(_("summary (English)"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    reviews_end_on = models.DateField(
        _("reviews end"),
        null=True,
        blank=True,
        help_text=_("The day by which the reviews are expected; applicants are told."),
    )
    decision_on = models.DateField(
        _("decision expected"),
        null=True,
        blank=True,
        help_text=_("The day by which the decision is expected; applicants are told."),
    )
    budget = MoneyField(_("budget"), validators=[more_than_nothing])
    award_min = MoneyField(_("smallest award"), validators=[more_than_nothing])
    award_max = MoneyField(_("largest award"), validators=[more_than_nothing])
    reviews_wanted = models.PositiveSmallIntegerField(
        _("reviews for each application"), default=2, validators=[MinValueValidator(1)]
    )
    is_blind = models.BooleanField(
        _("blind"), default=False, help_text=_("Reviewers do not see who applies.")
    )
    category_question = models.SlugField(
        _("question of the category"),
        max_length=40,
        blank=True,
        help_text=_(
            "The key of a choice in the form: its options are the categories of the board."
        ),
    )
    needs_sign_off = models.BooleanField(
        _("signatory must sign"),
        default=False,
        help_text=_("An application is sent only after a signatory has signed it off."),
    )
    declaration_zh = models.TextField(_("declaration (Chinese)"), blank=True)
    declaration_en = models.TextField(_("declaration (English)"), blank=True)
    grace_minutes = models.PositiveSmallIntegerField(
        _("grace in minutes"),
        default=0,
        validators=[MaxValueValidator(1440)],
        help_text=_("How long after the close what was begun before can still be sent."),
    )
    state = StateField(RoundState)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    title, summary, declaration = Bilingual(), Bilingual(), Bilingual()
    lifecycle = lifecycle.ROUND
    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        indexes = [models.Index(fields=["state", "closes_at"], name="round_state_closes")]
        constraints = [
            known_states(RoundState, "round"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(award_min__gt=0, award_max__gte=F("award_min")),
                name="round_award_limits",
            ),
            models.CheckConstraint(
                condition=Q(budget__gte=F("award_max")), name="round_budget_holds_an_award"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        return self.slug

    @property
    def currency(self) -> str:
        return self.program.fund.currency

    @property
    def is_open(self) -> bool:
        """Open by its state and by the clock: a late tick of the clock lets nobody in."""
        return self.state == RoundState.OPEN and self.opens_at <= timezone.now() < self.closes_at

    @property
    def grace_until(self) -> datetime:
        """Until when what was begun before the close can still be sent."""
        return self.closes_at + timedelta(minutes=self.grace_minutes)

    @property
    def form(self):
        """The questions that are asked: the newest published version, else the one in work."""
        newest = F("published_at").desc(nulls_last=True)
        return self.form_versions.order_by(newest, "-number")[0]

    @property
    def form_in_work(self):
        """The version that officers see first: the newest, published or not."""
        return self.form_versions.order_by("-number")[0]

    @property
    def is_editable(self) -> bool:
        return self.state in (RoundState.DRAFT, RoundState.SCHEDULED)


class Criterion(models.Model):
    """What reviewers score, from 0 to `scale`, and how much it weighs."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(_("key"), max_length=40)
    label_zh = models.CharField(_("criterion (Chinese)"), max_length=100)
    label_en = models.CharField(_("criterion (English)"), max_length=100)
    help_zh = models.CharField(_("help (Chinese)"), max_length=300, blank=True)
    help_en = models.CharField(_("help (English)"), max_length=300, blank=True)
    weight = models.DecimalField(
        _("weight"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    scale = models.PositiveSmallIntegerField(
        _("highest score"), default=5, validators=[MinValueValidator(1)]
    )
    position = models.PositiveSmallIntegerField(_("position"))

    label, help = Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="criterion_key_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="criterion_weight_positive"),
        ]

    def __str__(self) -> str:
        return self.label


class PlannedMilestone(models.Model):
    """The round's template of a milestone: its share of the award and when it is due."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="planned_milestones")
    title_zh = models.CharField(_("title (Chinese)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120)
    share = models.DecimalField(
        _("share in percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    due_after_days = models.PositiveSmallIntegerField(_("due, days after acceptance"))
    position = models.PositiveSmallIntegerField(_("position"))

    title = Bilingual()

    class Meta:
        verbose_name = _("planned milestone")
        verbose_name_plural = _("planned milestones")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100), name="plannedmilestone_share"
            )
        ]

    def __str__(self) -> str:
        return self.title
