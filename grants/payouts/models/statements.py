"""What the bank says happened, and which payout each line is about."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications.models import kept_from, organisations_kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField
from grants.core.triggers import append_only
from grants.payouts import guards_of_days, lifecycle
from grants.payouts.lifecycle import LineState
from grants.payouts.models.attempts import PaymentAttempt
from grants.payouts.models.payees import MONEY_READERS, Payee


class StatementKind(models.TextChoices):
    CAMT053 = "camt053", _("Bank statement (camt.053)")
    PAIN002 = "pain002", _("Payment status report (pain.002)")
    CSV = "csv", _("Bank's CSV")


class OfMoneyReaders(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_role(*MONEY_READERS) else self.none()


class LineQuerySet(OfMoneyReaders):
    def kept_from(self, user) -> "LineQuerySet":
        """Those about a payout, or the account, of a case that the person is kept from."""
        case = "payout__milestone__award__application__"
        attempts = PaymentAttempt.objects.filter(kept_from(user, case))
        payees = Payee.objects.filter(organisations_kept_from(user, "organisation__"))
        matched = Reconciliation.objects.filter(attempt__in=attempts).values("line")
        return self.filter(
            Q(pk__in=matched)
            | Q(number__in=attempts.values("number"))
            | Q(account_index__in=payees.values("account_index"))
        )

    def visible_to(self, user) -> "LineQuerySet":
        hidden = StatementLine.objects.kept_from(user).values("pk")
        return super().visible_to(user).exclude(pk__in=hidden)


class BankStatement(models.Model):
    """One file of a bank. The same bytes are the same statement once; the file is not kept.

    `account_tail` masks our own account; the sums are of its lines, in the statement's currency.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=StatementKind.choices)
    name = models.CharField(_("file name"), max_length=150)
    sha256 = models.CharField(max_length=64, unique=True)
    account_tail = models.CharField(_("account"), max_length=20, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    opening = MoneyField(_("opening balance"), null=True)
    closing = MoneyField(_("closing balance"), null=True)
    count = models.PositiveIntegerField(_("lines"))
    repeated = models.PositiveIntegerField(_("lines that were known already"), default=0)
    money_in = MoneyField(_("money in"), default=0)
    money_out = MoneyField(_("money out"), default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    objects = OfMoneyReaders.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        triggers = append_only("bankstatement")

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        return self.sha256[:12]


class Says(models.TextChoices):
    """What a line says about the money."""

    PAID = "paid", _("Paid out")
    REFUSED = "refused", _("Refused")
    RETURNED = "returned", _("Came back")
    PENDING = "pending", _("Not settled yet")
    OTHER = "other", _("Other move")


class StatementLine(models.Model):
    """One line. `amount` is plus for money in and minus for money out; `number` is our own.

    `fingerprint` tells a line that two statements have in common. The other side's account is
    masked (`account_tail`) and can be found by its blind index.
    """

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    ordinal = models.PositiveIntegerField(_("line"))
    fingerprint = models.CharField(max_length=64, unique=True)
    booked_on = models.DateField(_("booked on"))
    amount = MoneyField(_("amount"))
    says = models.CharField(_("says"), max_length=8, choices=Says.choices)
    number = models.CharField(_("our number"), max_length=64, blank=True)
    bank_reference = models.CharField(_("bank's number"), max_length=64, blank=True)
    holder_name = models.CharField(_("other side"), max_length=140, blank=True)
    account_index = models.CharField(max_length=64, blank=True)
    account_tail = models.CharField(_("account"), max_length=20, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=35, blank=True)
    state = StateField(LineState)
    reason = models.TextField(_("why it was set aside"), blank=True)

    lifecycle = lifecycle.LINE
    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        indexes = [
            models.Index(fields=["state", "-id"], name="line_state"),
            models.Index(fields=["booked_on", "-id"], name="line_booked_on"),
            models.Index(fields=["number"], name="line_number"),
            models.Index(fields=["statement", "ordinal"], name="line_statement"),
        ]
        constraints = [
            known_states(LineState, "statementline"),
            models.CheckConstraint(condition=~Q(amount=0), name="statementline_moves_something"),
        ]
        triggers = guards_of_days.LINE

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.ordinal}"

    @property
    def reference(self) -> str:
        return f"{self.statement.reference}/{self.ordinal}"


class MatchedBy(models.TextChoices):
    NUMBER = "number", _("Our number")
    DETAILS = "details", _("Amount, account and date")
    PERSON = "person", _("A person")


class Reconciliation(models.Model):
    """Which attempt a line is about, how that was found and how sure it is (percent)."""

    line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, related_name="reconciliation"
    )
    attempt = models.ForeignKey(
        PaymentAttempt, on_delete=models.PROTECT, related_name="reconciliations"
    )
    how = models.CharField(_("matched by"), max_length=8, choices=MatchedBy.choices)
    confidence = models.PositiveSmallIntegerField(_("confidence"))
    is_settling = models.BooleanField(_("moved the payout"), default=False)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    matched_at = models.DateTimeField(_("matched"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gte=1, confidence__lte=100),
                name="reconciliation_confidence",
            )
        ]
        triggers = guards_of_days.RECONCILIATION

    def __str__(self) -> str:
        return f"{self.line_id} {self.attempt_id}"


class ClosedDay(models.Model):
    """A day of which every line was matched or set aside; what it holds no longer changes.

    `digest` is SHA-256 over its lines with what they were matched with.
    """

    day = models.DateField(_("day"), primary_key=True)
    count = models.PositiveIntegerField(_("lines"))
    money_in = MoneyField(_("money in"))
    money_out = MoneyField(_("money out"))
    digest = models.CharField(max_length=64)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), default=timezone.now, editable=False)

    objects = OfMoneyReaders.as_manager()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        triggers = append_only("closedday")

    def __str__(self) -> str:
        return str(self.day)
