"""What the screening of a round asks."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.core.triggers import kept
from grants.programs.models import Round
from grants.screening.lifecycle import RuleKind


class RuleQuerySet(models.QuerySet):
    def standing(self) -> "RuleQuerySet":
        return self.filter(removed_at=None)

    def asked(self) -> "RuleQuerySet":
        """Those that a run asks now."""
        return self.standing().filter(is_on=True)


class ScreeningRule(models.Model):
    """One rule of a round; `kinds.py` says what the parameters of each kind are.

    A rule that was removed stays for the checks that were made by it.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="screening_rules")
    kind = models.CharField(_("kind"), max_length=20, choices=RuleKind.choices)
    parameters = models.JSONField(default=dict, blank=True)
    is_on = models.BooleanField(_("in use"), default=True)
    is_blocking = models.BooleanField(
        _("A failure makes not eligible"),
        default=True,
        help_text=_("Otherwise it only warns the officer."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of the screening")
        verbose_name_plural = _("rules of the screening")
        indexes = [models.Index(fields=["round", "id"], name="screeningrule_round")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RuleKind.values), name="screeningrule_kind_known"
            )
        ]
        triggers = kept("screeningrule")

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def reference(self) -> str:
        return self.round.slug
