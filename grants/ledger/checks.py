"""Recomputes the books from the postings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Min, Sum

from grants.core.money import ZERO
from grants.ledger.models import JournalEntry, LedgerAccount, Place

# An aggregate by entry cannot be shared between PostgreSQL's workers, but parts of a UNION ALL can.
PARTS = 4


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
    *balances, (_id, _name, surplus, total) = _rows(BALANCES)
    report.differences += [
        f"account {name}: balance {balance}, postings sum to {summed}"
        for _id, name, balance, summed in balances
    ]
    for check in (_overdrawn, _entries, _reversals):
        report.differences += check()
    if surplus:
        report.differences += [f"posting {pk}: {amount} of no entry" for pk, amount in _rows(STRAY)]
    if total != ZERO:
        report.differences.append(f"all postings sum to {total}, not to zero")
    return report


def _rows(query: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


# With a last row for the whole: what all postings sum to, and whether their number is that which
# the entries tell.
BALANCES = """
    WITH sums AS MATERIALIZED (
        SELECT account_id, sum(amount) AS total, count(*) AS count FROM grants_posting
         GROUP BY account_id)
    SELECT account.id, account.place || ':' || account.owner, account.balance,
           coalesce(sums.total, 0.00)
      FROM grants_ledgeraccount account LEFT JOIN sums ON sums.account_id = account.id
     WHERE account.balance <> coalesce(sums.total, 0)
     UNION ALL
    SELECT NULL, '', coalesce(sum(count), 0) - (
               SELECT coalesce(sum(posting_count), 0) FROM grants_journalentry),
           coalesce(sum(total), 0.00) FROM sums
     ORDER BY 1
"""
STRAY = """
    SELECT posting.id, posting.amount FROM grants_posting posting
     WHERE NOT EXISTS (SELECT 1 FROM grants_journalentry entry WHERE entry.id = posting.entry_id)
     ORDER BY posting.id
"""


def _overdrawn() -> Iterator[str]:
    short = LedgerAccount.objects.exclude(place=Place.CAPITAL).filter(balance__lt=0)
    for account in short.order_by("pk"):
        yield f"account {account}: overdrawn, {account.balance}"


# Both tables are told the range, so that each reads its part by an index, in order.
ENTRIES = """
    (SELECT entry.id, entry.reference, entry.amount, entry.posting_count, entry.currency,
            count(account.id),
            coalesce(sum(posting.amount) FILTER (WHERE posting.amount > 0), 0.00),
            coalesce(sum(posting.amount) FILTER (WHERE posting.amount < 0), 0.00)
       FROM grants_journalentry entry
       LEFT JOIN grants_posting posting
         ON posting.entry_id = entry.id AND posting.entry_id BETWEEN %s AND %s
       LEFT JOIN grants_ledgeraccount account ON account.id = posting.account_id
      WHERE entry.id BETWEEN %s AND %s
      GROUP BY entry.id
     HAVING sum(posting.amount) FILTER (WHERE posting.amount > 0) IS DISTINCT FROM entry.amount
         OR sum(posting.amount) FILTER (WHERE posting.amount < 0) IS DISTINCT FROM -entry.amount
         OR count(account.id) <> entry.posting_count OR bool_or(account.currency <> entry.currency))
"""


def _entries() -> Iterator[str]:
    ids = JournalEntry.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ids["first"] is None:
        return
    step = (ids["last"] - ids["first"]) // PARTS + 1
    starts = [ids["first"] + part * step for part in range(PARTS)]
    params = [bound for start in starts for bound in (start, start + step - 1) * 2]
    for _id, reference, amount, count, currency, legs, moved, out in _rows(
        " UNION ALL ".join([ENTRIES] * PARTS) + " ORDER BY id", *params
    ):
        if moved + out != ZERO or legs != count:
            told = f"{legs} of {count} postings, sum {moved + out}"
        elif moved != amount:
            told = f"amount {amount}, postings move {moved}"
        else:
            told = f"{currency}, but a posting is in another currency"
        yield f"entry {reference}: {told}"


REVERSALS = """
    SELECT made.reference, first.reference
      FROM grants_journalentry made JOIN grants_journalentry first ON first.id = made.reverses_id
     WHERE made.reverses_id IS NOT NULL AND EXISTS (
           SELECT 1
             FROM (SELECT account_id, amount FROM grants_posting WHERE entry_id = made.id) m
             FULL JOIN (SELECT account_id, amount FROM grants_posting WHERE entry_id = first.id) f
               ON f.account_id = m.account_id AND f.amount = -m.amount
            WHERE m.account_id IS NULL OR f.account_id IS NULL)
     ORDER BY made.id
"""


def _reversals() -> Iterator[str]:
    for made, first in _rows(REVERSALS):
        yield f"entry {made}: is not the exact negative of {first}"
