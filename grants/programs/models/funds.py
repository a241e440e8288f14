"""Funds, and the programs in them."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.core.bilingual import Bilingual
from grants.core.money import MoneyField, more_than_nothing


class Fund(models.Model):
    """A pot of money with one currency and a capital."""

    slug = models.SlugField(_("short name"), unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    capital = MoneyField(_("capital"), validators=[more_than_nothing])
    second_approval_above = MoneyField(
        _("second controller above"),
        null=True,
        blank=True,
        validators=[more_than_nothing],
        help_text=_("A batch of more than this needs two controllers; empty: one is enough."),
    )
    cooling_off_days = models.PositiveSmallIntegerField(
        _("cooling-off days"),
        default=3,
        validators=[MaxValueValidator(90)],
        help_text=_("How long nothing is paid to an account that replaced another one."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    name = Bilingual()

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        constraints = [
            models.CheckConstraint(condition=Q(capital__gt=0), name="fund_capital_positive")
        ]

    def __str__(self) -> str:
        return self.name


class Program(models.Model):
    """A stream inside a fund with its own purpose and rules."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="programs", verbose_name=_("fund")
    )
    slug = models.SlugField(_("short name"), unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)
    purpose_zh = models.TextField(_("purpose (Chinese)"), blank=True)
    purpose_en = models.TextField(_("purpose (English)"), blank=True)

    name, purpose = Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self) -> str:
        return self.name
