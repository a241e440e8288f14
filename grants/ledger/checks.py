"""Recomputes the books from the postings."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F, Q, Sum

from grants.core.money import ZERO
from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting


@dataclass
class BooksReport:
    """The trial balance (place, currency, balance) and each difference in words."""

    trial_balance: list[tuple[str, str, Decimal]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def trial_balance() -> list[tuple[str, str, Decimal]]:
    """What each place holds in each currency."""
    rows = LedgerAccount.objects.values("place", "currency").annotate(total=Sum("balance"))
    ordered = rows.order_by("place", "currency")
    return [(row["place"], row["currency"], row["total"]) for row in ordered]


def check_ledger() -> BooksReport:
    """Recomputes every balance and every entry from the postings."""
    report = BooksReport(trial_balance=trial_balance())
    for account in (
        LedgerAccount.objects.annotate(total=Sum("postings__amount", default=ZERO))
        .exclude(balance=F("total"))
        .order_by("pk")
    ):
        report.differences.append(
            f"account {account}: balance {account.balance}, postings sum to {account.total}"
        )
    overdrawn = LedgerAccount.objects.exclude(place=Place.CAPITAL).filter(balance__lt=0)
    for short in overdrawn.order_by("pk"):
        report.differences.append(f"account {short}: overdrawn, {short.balance}")
    _check_entries(report)
    _check_reversals(report)
    whole = Posting.objects.aggregate(total=Sum("amount", default=ZERO))["total"]
    if whole != ZERO:
        report.differences.append(f"all postings sum to {whole}, not to zero")
    return report


def _check_entries(report: BooksReport) -> None:
    entries = JournalEntry.objects.annotate(
        total=Sum("postings__amount", default=ZERO),
        moved=Sum("postings__amount", filter=Q(postings__amount__gt=0), default=ZERO),
        legs=Count("postings"),
        foreign_legs=Count("postings", filter=~Q(postings__account__currency=F("currency"))),
    )
    whole = Q(total=ZERO, legs=F("posting_count"), moved=F("amount"), foreign_legs=0)
    for entry in entries.exclude(whole).order_by("pk"):
        if entry.total != ZERO or entry.legs != entry.posting_count:
            told = f"{entry.legs} of {entry.posting_count} postings, sum {entry.total}"
        elif entry.moved != entry.amount:
            told = f"amount {entry.amount}, postings move {entry.moved}"
        else:
            told = f"{entry.currency}, but a posting is in another currency"
        report.differences.append(f"entry {entry}: {told}")


REVERSALS = """
    SELECT made.reference, first.reference
      FROM grants_journalentry made JOIN grants_journalentry first ON first.id = made.reverses_id
     WHERE EXISTS (
           SELECT 1
             FROM (SELECT account_id, amount FROM grants_posting WHERE entry_id = made.id) m
             FULL JOIN (SELECT account_id, amount FROM grants_posting WHERE entry_id = first.id) f
               ON f.account_id = m.account_id AND f.amount = -m.amount
            WHERE m.account_id IS NULL OR f.account_id IS NULL)
     ORDER BY made.id
"""


def _check_reversals(report: BooksReport) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REVERSALS)
        for made, first in cursor.fetchall():
            report.differences.append(f"entry {made}: is not the exact negative of {first}")
