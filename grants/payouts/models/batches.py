"""Payouts approved and sent together."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications.models import kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.money import ZERO, MoneyField
from grants.core.triggers import append_only
from grants.payouts import guards, lifecycle
from grants.payouts.lifecycle import BatchState
from grants.payouts.models.payees import MONEY_READERS


class RailName(models.TextChoices):
    ALIPAY = "alipay", _("Alipay")
    BANK_FILE = "bank_file", _("Bank file")
    SANDBOX = "sandbox", _("Sandbox (Alipay's protocol)")


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user) -> "BatchQuerySet":
        """For the money's readers, but for a batch that pays a case that they are kept from."""
        if not user.has_role(*MONEY_READERS):
            return self.none()
        return self.filter(~kept_from(user, "payouts__milestone__award__application__"))


class PayoutBatch(models.Model):
    """Payouts approved and sent together. The approval names `total`, `count` and `digest`."""

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    rail = models.CharField(_("rail"), max_length=20, choices=RailName.choices)
    state = StateField(BatchState)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    needs_second = models.BooleanField(_("needs a second controller"), default=False)
    second_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    second_approved_at = models.DateTimeField(_("approved again"), null=True, editable=False)
    send_on = models.DateField(_("to be sent on"), null=True, editable=False)
    released_at = models.DateTimeField(_("released to the rail"), null=True, editable=False)
    total = MoneyField(_("total"), default=ZERO)
    count = models.PositiveIntegerField(_("payouts"), default=0)
    digest = models.CharField(max_length=64, blank=True)

    lifecycle = lifecycle.BATCH
    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        indexes = [models.Index(fields=["state", "-id"], name="batch_state")]
        constraints = [
            known_states(BatchState, "payoutbatch"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")),
                name="batch_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "released", "finished"])
                | Q(approved_by__isnull=False),
                name="batch_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(second_approved_by=None)
                | Q(approved_by__isnull=False)
                & ~Q(second_approved_by=F("approved_by"))
                & ~Q(second_approved_by=F("prepared_by")),
                name="batch_three_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "released", "finished"])
                | Q(needs_second=False)
                | Q(second_approved_by__isnull=False),
                name="batch_approved_twice_where_needed",
            ),
        ]
        triggers = guards.BATCH

    def __str__(self) -> str:
        return self.reference


class FileFormat(models.TextChoices):
    PAIN001 = "pain001", _("ISO 20022 pain.001.001.09 (XML)")
    XLSX = "xlsx", _("Batch sheet (XLSX)")
    CSV = "csv", _("Batch sheet (CSV, UTF-8)")
    CSV_GB18030 = "csv_gb18030", _("Batch sheet (CSV, GB18030)")


class BatchFile(models.Model):
    """A bank file of a released batch was made: the same batch always gives these bytes."""

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(_("format"), max_length=12, choices=FileFormat.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        constraints = [models.UniqueConstraint(fields=["batch", "format"], name="batchfile_once")]
        triggers = append_only("batchfile")

    def __str__(self) -> str:
        return f"{self.batch} {self.format}"
