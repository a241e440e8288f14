"""The questions of a round, in versions."""

from django.db import models
from django.db.models import Q
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
    """One page of the form."""

    form = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="sections")
    title_zh = models.CharField(_("title (Chinese)"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))

    title = Bilingual()

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
    YES_NO = "yes_no", _("Yes or no")
    DATE = "date", _("Date")
    LINK = "link", _("Link")
    FILE = "file", _("File")


class Question(models.Model):
    """One question. `options` of a choice: `[{"value": "a", "zh": "…", "en": "…"}]`."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind.choices)
    label_zh = models.CharField(_("question (Chinese)"), max_length=200)
    label_en = models.CharField(_("question (English)"), max_length=200)
    help_zh = models.CharField(_("help (Chinese)"), max_length=300, blank=True)
    help_en = models.CharField(_("help (English)"), max_length=300, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    max_length = models.PositiveIntegerField(
        _("limit in characters"), null=True, blank=True, help_text=_("For texts only.")
    )
    options = models.JSONField(_("options"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    label, help = Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["section__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["section", "key"], name="question_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="question_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The options as (value, words in the active language)."""
        return [(option["value"], pick(option)) for option in self.options]
