"""Payees, payouts, batches and payment attempts."""

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS, Organisation, Role
from grants.core import crypto
from grants.core.lifecycle import StateField, known_states
from grants.core.money import ZERO, MoneyField
from grants.milestones.models import Milestone
from grants.payouts import lifecycle
from grants.payouts.lifecycle import (
    LIVE,
    AttemptState,
    BatchState,
    PayeeState,
    PayoutState,
)

MONEY_READERS = (Role.FINANCE, Role.CONTROLLER, Role.AUDITOR)


class PayeeKind(models.TextChoices):
    BANK = "bank", _("Bank account")
    ALIPAY = "alipay", _("Alipay account")


class PayeeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PayeeQuerySet":
        if user.has_role(*MONEY_READERS, Role.OFFICER):
            return self
        return self.filter(organisation__in=user.own_organisations)


class Payee(models.Model):
    """Where an organisation's money goes. Never edited: a change is a new row.

    The account number is sealed (AES-GCM, bound to this row); `account_tail` is for people.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payees")
    kind = models.CharField(_("kind"), max_length=6, choices=PayeeKind.choices)
    holder_name = models.CharField(_("account holder"), max_length=140)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    cnaps_code = models.CharField(_("CNAPS code"), max_length=12, blank=True)
    account_sealed = models.TextField()
    account_index = models.CharField(max_length=64)
    account_tail = models.CharField(_("account"), max_length=20)
    state = StateField(PayeeState)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField(_("named"), default=timezone.now, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)
    proof = models.TextField(_("how it was verified"), blank=True)

    lifecycle = lifecycle.PAYEE
    objects = PayeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        indexes = [
            models.Index(fields=["account_index"], name="payee_account"),
            models.Index(fields=["state", "named_at"], name="payee_state"),
        ]
        constraints = [
            known_states(PayeeState, "payee"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state=PayeeState.VERIFIED),
                name="payee_one_verified",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("named_by")),
                name="payee_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name} {self.account_tail}"

    @property
    def account_number(self) -> str:
        return crypto.unseal(self.account_sealed, row=f"payee.account.{self.pk}")

    def set_account(self, number: str) -> None:
        self.account_sealed = crypto.seal(number, row=f"payee.account.{self.pk}")
        self.account_index = crypto.blind_index(number, column="payee.account")
        self.account_tail = mask(number)


def mask(number: str) -> str:
    """What people see of an account: the last four characters."""
    return "•••• " + number[-4:]


class RailName(models.TextChoices):
    ALIPAY = "alipay", _("Alipay")
    SANDBOX = "sandbox", _("Sandbox (Alipay's protocol)")


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user) -> "BatchQuerySet":
        return self if user.has_role(*MONEY_READERS) else self.none()


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
        ]

    def __str__(self) -> str:
        return self.reference


class PayoutQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PayoutQuerySet":
        if user.has_role(*DESK_READERS):
            return self
        return self.filter(milestone__award__application__organisation__in=user.own_organisations)

    def with_way(self) -> "PayoutQuerySet":
        """With everything that a row of a list names."""
        return self.select_related(
            "milestone__award__application__organisation",
            "milestone__award__application__round__program__fund",
            "payee",
            "batch",
        )


class Payout(models.Model):
    """One payment order to one payee for one accepted milestone."""

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="payouts")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payouts")
    batch = models.ForeignKey(
        PayoutBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts"
    )
    gross = MoneyField(_("gross"))
    withheld = MoneyField(_("withheld"), default=ZERO)
    net = MoneyField(_("net"))
    state = StateField(PayoutState)
    reason = models.TextField(_("reason"), blank=True)
    due_at = models.DateTimeField(_("due since"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)

    lifecycle = lifecycle.PAYOUT
    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        indexes = [
            models.Index(fields=["state", "-id"], name="payout_state"),
            models.Index(fields=["paid_at", "-id"], name="payout_paid_at"),
            models.Index(fields=["due_at", "-id"], name="payout_due_at"),
        ]
        constraints = [
            known_states(PayoutState, "payout"),
            models.UniqueConstraint(
                fields=["milestone"],
                condition=~Q(state=PayoutState.CANCELLED),
                name="payout_one_per_milestone",
            ),
            models.CheckConstraint(
                condition=Q(gross__gt=0, withheld__gte=0, net=F("gross") - F("withheld")),
                name="payout_amounts",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def award(self):
        return self.milestone.award

    @property
    def case(self) -> str:
        return self.milestone.case

    @property
    def currency(self) -> str:
        return self.milestone.currency


class PaymentAttempt(models.Model):
    """One try to send a payout, under a number that is committed before the first call.

    `lease_until` is set while a worker calls; a lease that ran out means that nobody knows.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="attempts")
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="attempts")
    number = models.CharField(_("payment number"), max_length=64, unique=True)
    rail = models.CharField(_("rail"), max_length=20, choices=RailName.choices)
    state = StateField(AttemptState)
    code = models.CharField(_("code"), max_length=64, blank=True)
    message = models.TextField(_("message"), blank=True)
    rail_reference = models.CharField(_("number at the rail"), max_length=64, blank=True)
    exchange = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    asked = models.PositiveIntegerField(_("times asked"), default=0)
    prepared_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    called_at = models.DateTimeField(_("called"), null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    next_ask_at = models.DateTimeField(_("next question"), null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    lifecycle = lifecycle.ATTEMPT

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        indexes = [
            models.Index(
                fields=["state", "next_ask_at", "id"],
                condition=Q(state__in=LIVE),
                name="attempt_live",
            )
        ]
        constraints = [
            known_states(AttemptState, "paymentattempt"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(state__in=LIVE), name="attempt_one_live"
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(state=AttemptState.SUCCEEDED),
                name="attempt_one_success",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def case(self) -> str:
        return self.payout.case
