"""Recomputes the books from the postings."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import F, Sum

from grants.core.money import ZERO
from grants.ledger.models import LedgerAccount, Place, Posting


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


ENTRIES = """
    SELECT entry.reference, entry.amount, entry.posting_count, entry.currency,
           coalesce(legs.count, 0), coalesce(legs.total, 0.00), coalesce(legs.moved, 0.00)
      FROM grants_journalentry entry LEFT JOIN (
           SELECT posting.entry_id, count(*) AS count, sum(posting.amount) AS total,
                  sum(greatest(posting.amount, 0)) AS moved,
                  min(account.currency) AS least, max(account.currency) AS most
             FROM grants_posting posting
             JOIN grants_ledgeraccount account ON account.id = posting.account_id
            GROUP BY posting.entry_id) legs ON legs.entry_id = entry.id
     WHERE (legs.total, legs.count, legs.moved, legs.least, legs.most) IS DISTINCT FROM
           (0, entry.posting_count, entry.amount, entry.currency, entry.currency)
     ORDER BY entry.id
"""


def _check_entries(report: BooksReport) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        for reference, amount, count, currency, legs, total, moved in cursor.fetchall():
            if total != ZERO or legs != count:
                told = f"{legs} of {count} postings, sum {total}"
            elif moved != amount:
                told = f"amount {amount}, postings move {moved}"
            else:
                told = f"{currency}, but a posting is in another currency"
            report.differences.append(f"entry {reference}: {told}")


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
