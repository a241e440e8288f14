"""The books: places, entries, postings. Guarded by the database itself (see `guards.py`)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.core.money import MoneyField
from grants.core.triggers import append_only
from grants.events.models import Event
from grants.ledger import guards


class Place(models.TextChoices):
    """Where money of the fund can be."""

    CAPITAL = "capital", _("Capital")
    AVAILABLE = "available", _("Available")
    ALLOCATED = "allocated", _("Allocated to a round")
    COMMITTED = "committed", _("Committed to an award")
    PAYABLE = "payable", _("Payable")
    IN_TRANSIT = "in_transit", _("In transit")
    PAID = "paid", _("Paid")
    TAX_PAYABLE = "tax_payable", _("Tax payable")
    TAX_PAID = "tax_paid", _("Tax paid")


class LedgerAccount(models.Model):
    """One place of one owner, e.g. `committed` of award AWD-2026-000031.

    `balance` is kept by a trigger on the postings; nothing else can write it.
    """

    place = models.CharField(_("place"), max_length=20, choices=Place.choices)
    owner = models.CharField(_("owner"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    balance = MoneyField(_("balance"), default=0, editable=False)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(fields=["place", "owner"], name="ledgeraccount_once"),
            models.CheckConstraint(
                condition=Q(place__in=Place.values), name="ledgeraccount_place_known"
            ),
            models.CheckConstraint(
                condition=Q(place=Place.CAPITAL) | Q(balance__gte=0),
                name="ledgeraccount_not_overdrawn",
            ),
        ]
        triggers = guards.ACCOUNT

    def __str__(self) -> str:
        return f"{self.place}:{self.owner}"


class JournalEntry(models.Model):
    """A move of money. Carries its own amount and number of postings, checked at commit."""

    reference = models.CharField(_("reference"), max_length=120, unique=True)
    memo = models.CharField(_("memo"), max_length=200)
    amount = MoneyField(_("amount"))
    posting_count = models.PositiveSmallIntegerField(_("postings"))
    currency = models.CharField(_("currency"), max_length=3)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="entries")
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, posting_count__gte=2), name="journalentry_moves_something"
            ),
        ]
        triggers = [*append_only("journalentry"), *guards.ENTRY]

    def __str__(self) -> str:
        return self.reference


class Posting(models.Model):
    """One leg of an entry: plus is into the account, minus out of it."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero"),
            models.UniqueConstraint(fields=["entry", "account"], name="posting_once_per_account"),
        ]
        triggers = [*append_only("posting"), *guards.POSTING]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"
