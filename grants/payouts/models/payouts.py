"""One payment order to one payee for one accepted milestone."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.money import ZERO, MoneyField
from grants.milestones.models import Milestone
from grants.payouts import guards, lifecycle
from grants.payouts.lifecycle import PayoutState
from grants.payouts.models.batches import PayoutBatch
from grants.payouts.models.payees import Payee


class PayoutQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PayoutQuerySet":
        own = Q(milestone__award__application__organisation__in=user.own_organisations)
        if user.has_role(*DESK_READERS):
            return self.filter(own | ~kept_from(user, "milestone__award__application__"))
        return self.filter(own)

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
    matched_at = models.DateTimeField(_("matched with a bank line"), null=True, editable=False)

    # Where `case` and `currency` of many are found by one query.
    CASE = "milestone__award__application__reference"
    CURRENCY = "milestone__award__application__round__program__fund__currency"

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
        triggers = guards.PAYOUT

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
