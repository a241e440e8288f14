"""Recomputes the books from the postings."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Sum

from grants.core.money import ZERO
from grants.ledger.models import JournalEntry, LedgerAccount, Posting


@dataclass
class BooksReport:
    """The trial balance (place, currency, balance) and each difference in words."""

    trial_balance: list[tuple[str, str, Decimal]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def check_ledger() -> BooksReport:
    """Recomputes every balance and every entry from the postings."""
    report = BooksReport()
    rows = LedgerAccount.objects.values("place", "currency").annotate(total=Sum("balance"))
    report.trial_balance = [
        (row["place"], row["currency"], row["total"]) for row in rows.order_by("place", "currency")
    ]
    for account in (
        LedgerAccount.objects.annotate(total=Sum("postings__amount", default=ZERO))
        .exclude(balance=F("total"))
        .order_by("pk")
    ):
        report.differences.append(
            f"account {account}: balance {account.balance}, postings sum to {account.total}"
        )
    for entry in (
        JournalEntry.objects.annotate(
            total=Sum("postings__amount", default=ZERO), legs=Count("postings")
        )
        .exclude(total=ZERO, legs=F("posting_count"))
        .order_by("pk")
    ):
        report.differences.append(
            f"entry {entry}: {entry.legs} of {entry.posting_count} postings, sum {entry.total}"
        )
    whole = Posting.objects.aggregate(total=Sum("amount", default=ZERO))["total"]
    if whole != ZERO:
        report.differences.append(f"all postings sum to {whole}, not to zero")
    return report
