"""The database itself refuses what would break the books: raw SQL, no service in between."""

import pytest
from django.db import IntegrityError
from django.db.utils import Error as DatabaseError

from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting
from tests.ledger.books import balance, funded, place, raw

pytestmark = pytest.mark.django_db

NEW_ENTRY = """
    INSERT INTO grants_journalentry (reference, memo, amount, posting_count, currency, at)
    VALUES (%s, 'raw', %s, %s, 'CNY', now()) RETURNING id
"""


def contents() -> list:
    return [sorted(model.objects.values_list()) for model in (LedgerAccount, JournalEntry, Posting)]


def entry_with(legs: str, amount: str = "5.00", count: int = 2) -> str:
    """One statement that books an entry with `legs`: rows of (account, amount)."""
    return f"""
        WITH e AS (
            INSERT INTO grants_journalentry (reference, memo, amount, posting_count, currency, at)
            VALUES ('raw', 'raw', {amount}, {count}, 'CNY', now()) RETURNING id
        )
        INSERT INTO grants_posting (entry_id, account_id, amount)
        SELECT e.id, leg.account::bigint, leg.amount::numeric
          FROM e, (VALUES {legs}) AS leg (account, amount)
    """


def test_a_balanced_entry_by_raw_sql_is_taken():
    capital, available = funded()

    raw(entry_with(f"({capital.pk}, -5.00), ({available.pk}, 5.00)"))

    assert str(balance(available)) == "105.00"


APPEND_ONLY = [
    "UPDATE grants_posting SET amount = amount + 1",
    "UPDATE grants_posting SET account_id = account_id",
    "DELETE FROM grants_posting",
    "TRUNCATE grants_posting CASCADE",
    "UPDATE grants_journalentry SET memo = 'other'",
    "UPDATE grants_journalentry SET amount = 1",
    "DELETE FROM grants_journalentry",
    "TRUNCATE grants_journalentry CASCADE",
    "TRUNCATE grants_ledgeraccount CASCADE",
    "DELETE FROM grants_ledgeraccount",
    "UPDATE grants_ledgeraccount SET balance = balance + 1",
    "UPDATE grants_ledgeraccount SET balance = 0",
    "UPDATE grants_ledgeraccount SET place = 'paid' WHERE place = 'available'",
    "UPDATE grants_ledgeraccount SET owner = 'thief'",
    "UPDATE grants_ledgeraccount SET currency = 'USD'",
]


@pytest.mark.parametrize("statement", APPEND_ONLY)
def test_books_refuse_to_be_edited(statement):
    funded()
    before = contents()

    with pytest.raises(IntegrityError):
        raw(statement)

    assert contents() == before


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("grants_ledgeraccount", "'available', 'rich', 'CNY', 100"),
        ("grants_ledgeraccount", "'capital', 'rich', 'CNY', -100"),
        ("grants_ledgeraccount", "'pocket', 'rich', 'CNY', 0"),
        ("grants_ledgeraccount", "'available', 'tests', 'CNY', 0"),
    ],
    ids=["with-a-balance", "with-a-debt", "unknown-place", "twice"],
)
def test_account_insert_is_refused(table, columns):
    funded()
    before = contents()

    with pytest.raises(IntegrityError):
        raw(f"INSERT INTO {table} (place, owner, currency, balance) VALUES ({columns})")

    assert contents() == before


@pytest.mark.parametrize(
    ("legs", "amount", "count"),
    [
        ("({capital}, -5.00), ({available}, 4.99)", "4.99", 2),
        ("({capital}, -5.00), ({available}, 5.00)", "6.00", 2),
        ("({capital}, -5.00), ({available}, 5.00)", "5.00", 3),
        ("({available}, 5.00)", "5.00", 2),
        ("({capital}, -5.00), ({foreign}, 5.00)", "5.00", 2),
        ("({capital}, -5.00), ({available}, 3.00), ({available}, 2.00)", "5.00", 3),
        ("({capital}, 0.00), ({available}, 0.00)", "5.00", 2),
        ("({capital}, 0.00), ({available}, 0.00)", "0.00", 2),
        ("({capital}, -5.00), ({available}, 5.00)", "-5.00", 2),
        ("({capital}, 'NaN'), ({available}, 'NaN')", "'NaN'", 2),
    ],
    ids=[
        "unbalanced",
        "wrong-amount",
        "wrong-count",
        "one-leg",
        "foreign-currency",
        "one-account-twice",
        "zero-legs",
        "zero-amount",
        "negative-amount",
        "not-a-number",
    ],
)
def test_entry_that_does_not_balance_is_refused(legs, amount, count):
    capital, available = funded()
    foreign = place(Place.AVAILABLE, "abroad", "USD")
    before = contents()

    with pytest.raises(DatabaseError):
        raw(
            entry_with(
                legs.format(capital=capital.pk, available=available.pk, foreign=foreign.pk),
                amount,
                count,
            )
        )

    assert contents() == before


def test_entry_without_postings_is_refused():
    funded()
    before = contents()

    with pytest.raises(IntegrityError):
        raw(NEW_ENTRY, "empty", 5, 2)

    assert contents() == before


def test_entry_takes_no_balanced_legs_later():
    capital, _available = funded()
    first = JournalEntry.objects.get()
    fresh, other = place(Place.ALLOCATED, "a"), place(Place.CAPITAL, "b")
    before = contents()

    with pytest.raises(IntegrityError):
        raw(
            "INSERT INTO grants_posting (entry_id, account_id, amount)"
            " VALUES (%s, %s, 5), (%s, %s, -5)",
            first.pk,
            fresh.pk,
            first.pk,
            other.pk,
        )

    assert contents() == before
    assert str(balance(capital)) == "-100.00"


@pytest.mark.parametrize("name", [name for name in Place.values if name != Place.CAPITAL])
def test_no_place_but_capital_can_be_overdrawn(name):
    capital, _available = funded()
    empty = place(name, "empty")
    before = contents()

    with pytest.raises(IntegrityError):
        raw(entry_with(f"({empty.pk}, -0.01), ({capital.pk}, 0.01)", "0.01"))

    assert contents() == before


def test_capital_may_be_overdrawn():
    capital, available = place(Place.CAPITAL), place(Place.AVAILABLE)

    raw(entry_with(f"({capital.pk}, -5.00), ({available.pk}, 5.00)"))

    assert str(balance(capital)) == "-5.00"


def test_reference_is_taken_once():
    capital, available = funded()
    before = contents()

    with pytest.raises(IntegrityError):
        raw(
            entry_with(f"({capital.pk}, -5.00), ({available.pk}, 5.00)").replace(
                "'raw', 'raw'", "'capital', 'raw'"
            )
        )

    assert contents() == before
