"""The questions of a round, in versions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.core.bilingual import Bilingual, pick
from grants.programs.models.rounds import Round


class FormVersion(models.Model):
    """The questions of a round. Opening the round publishes them; then they no longer change."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="form_versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Meta:
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="formversion_once")]

    def __str__(self) -> str:
        return f"{self.round} · {self.number}"


class Section(models.Model):
    """One page of the form. `show_when` as of a question, below."""

    form = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="sections")
    title_zh = models.CharField(_("title (Chinese)"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=80)
    help_zh = models.TextField(_("help (Chinese)"), max_length=600, blank=True)
    help_en = models.TextField(_("help (English)"), max_length=600, blank=True)
    show_when = models.JSONField(_("shown when"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    title, help = Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["form", "position"], name="section_position_once")
        ]

    def __str__(self) -> str:
        return self.title


class QuestionKind(models.TextChoices):
    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money")
    CHOICE = "choice", _("Choice")
    CHOICES = "choices", _("Several choices")
    YES_NO = "yes_no", _("Yes or no")
    DATE = "date", _("Date")
    LINK = "link", _("Link")
    FILE = "file", _("File")
    GROUP = "group", _("Group to repeat")
    BUDGET = "budget", _("Budget table")
    PLAN = "plan", _("Milestone plan")
    APP = "app", _("App")


class LimitUnit(models.TextChoices):
    CHARACTERS = "characters", _("characters")
    WORDS = "words", _("words")


class Question(models.Model):
    """One question.

    `options` of choices: `[{"value": "a", "zh": "…", "en": "…"}]`. `columns` of a group: its
    questions, each a dict of `key`, `kind` (a simple one), `label_zh`, `label_en` and what else
    of this model it needs; the columns of a budget, a plan and an app are fixed. `show_when`:
    `{"all": […]}` or `{"any": […]}` of `{"question": key, "is": test, "value": …}`, each about
    an earlier question; empty: always shown.
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind.choices)
    label_zh = models.CharField(_("question (Chinese)"), max_length=200)
    label_en = models.CharField(_("question (English)"), max_length=200)
    help_zh = models.CharField(_("help (Chinese)"), max_length=300, blank=True)
    help_en = models.CharField(_("help (English)"), max_length=300, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    max_length = models.PositiveIntegerField(
        _("longest"), null=True, blank=True, help_text=_("For texts only.")
    )
    min_length = models.PositiveIntegerField(
        _("shortest"), null=True, blank=True, help_text=_("For texts only.")
    )
    limit_unit = models.CharField(
        _("counted in"), max_length=10, choices=LimitUnit.choices, default=LimitUnit.CHARACTERS
    )
    pattern = models.CharField(
        _("pattern"),
        max_length=200,
        blank=True,
        help_text=_("A regular expression that the whole of a short text must match."),
    )
    pattern_hint_zh = models.CharField(_("what is expected (Chinese)"), max_length=200, blank=True)
    pattern_hint_en = models.CharField(_("what is expected (English)"), max_length=200, blank=True)
    least = models.DecimalField(
        _("least"), max_digits=18, decimal_places=4, null=True, blank=True,
        help_text=_("For numbers and amounts."),
    )  # fmt: skip
    most = models.DecimalField(
        _("most"), max_digits=18, decimal_places=4, null=True, blank=True,
        help_text=_("For numbers and amounts."),
    )  # fmt: skip
    options = models.JSONField(_("options"), default=list, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    least_rows = models.PositiveSmallIntegerField(_("fewest rows"), default=1)
    most_rows = models.PositiveSmallIntegerField(_("most rows"), default=10)
    file_kinds = models.JSONField(_("kinds of file"), default=list, blank=True)
    file_megabytes = models.PositiveSmallIntegerField(
        _("largest file in MB"), null=True, blank=True
    )
    show_when = models.JSONField(_("shown when"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    label, help, pattern_hint = Bilingual(), Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["section__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["section", "key"], name="question_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="question_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(least_rows__lte=F("most_rows"), most_rows__gte=1, most_rows__lte=100),
                name="question_rows",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The options as (value, words in the active language)."""
        return [(option["value"], pick(option)) for option in self.options]


class FormRule(models.Model):
    """What answers must be together: `expression` holds, or the message stands at a question.

    An empty `question_key` puts the message at the first question that the rule names.
    """

    form = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="rules")
    expression = models.CharField(_("rule"), max_length=500)
    message_zh = models.CharField(_("message (Chinese)"), max_length=200)
    message_en = models.CharField(_("message (English)"), max_length=200)
    question_key = models.SlugField(_("shown at"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    message = Bilingual()

    class Meta:
        verbose_name = _("rule of a form")
        verbose_name_plural = _("rules of a form")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.message
