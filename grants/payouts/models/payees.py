"""Where an organisation's money goes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import Organisation, Role
from grants.applications.models import organisations_kept_from
from grants.core import crypto
from grants.core.lifecycle import StateField, known_states
from grants.payouts import guards, lifecycle
from grants.payouts.lifecycle import PayeeState

MONEY_READERS = (Role.FINANCE, Role.CONTROLLER, Role.AUDITOR)


class PayeeKind(models.TextChoices):
    BANK = "bank", _("Bank account")
    ALIPAY = "alipay", _("Alipay account")


class PayeeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PayeeQuerySet":
        own = Q(organisation__in=user.own_organisations)
        if user.has_role(*MONEY_READERS, Role.OFFICER):
            return self.filter(own | ~organisations_kept_from(user, "organisation__"))
        return self.filter(own)


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
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

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
        triggers = guards.PAYEE

    def __str__(self) -> str:
        return f"{self.holder_name} {self.account_tail}"

    @property
    def account_number(self) -> str:
        return crypto.unseal(self.account_sealed, row=f"payee.account.{self.pk}")

    def set_account(self, number: str) -> None:
        self.account_sealed = crypto.seal(number, row=f"payee.account.{self.pk}")
        self.account_index = crypto.blind_index(number, column="payee.account")
        self.account_tail = mask(number)

    def reseal_account(self) -> None:
        """The same account under the first key. Raises `CannotOpen`."""
        self.account_sealed = crypto.seal(self.account_number, row=f"payee.account.{self.pk}")


def mask(number: str) -> str:
    """What people see of an account: the last four characters."""
    return "•••• " + number[-4:]
