"""What checks of the books found, and the days on which banks work."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.core.triggers import append_only
from grants.payouts.models.statements import OfMoneyReaders


class BooksCheck(models.Model):
    """One run of `check_books`: nightly (nobody) or by a person."""

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    differences = models.JSONField(_("differences"), default=list)
    trial_balance = models.JSONField(_("trial balance"), default=list)
    took_ms = models.PositiveIntegerField(_("milliseconds"))

    objects = OfMoneyReaders.as_manager()

    class Meta:
        verbose_name = _("check of the books")
        verbose_name_plural = _("checks of the books")
        triggers = append_only("bookscheck")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class BankDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a weekend day that is worked."""

    day = models.DateField(_("day"), primary_key=True)
    is_working = models.BooleanField(_("banks work"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("bank day")
        verbose_name_plural = _("bank days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
