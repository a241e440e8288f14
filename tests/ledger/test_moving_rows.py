"""Moving the money of many rows by one statement each."""

from decimal import Decimal

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from grants.core.errors import Refused
from grants.core.money import MoneyField
from grants.ledger.checks import check_ledger
from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting
from grants.ledger.services import ReferenceTaken, Side, account, move_rows
from tests.ledger.books import balance, funded

FIVE = Decimal("5.00")


def move_each(amount: str) -> None:
    """Moves this much of each `available` to `paid` of the same owner."""
    wanted = Value(Decimal(amount), output_field=MoneyField())
    move_rows(
        LedgerAccount.objects.filter(place=Place.AVAILABLE).annotate(wanted=wanted),
        reference=Concat(Value("each:"), "owner"),
        amount="wanted",
        source=Side(Place.AVAILABLE, "owner"),
        target=Side(Place.PAID, "owner"),
        currency="CNY",
        memo=Value("each"),
        event=None,
    )


@pytest.mark.django_db
def test_move_rows_moves_each_and_balances():
    _capital, available = funded("100.00")

    move_each("40.00")

    paid = account(Place.PAID, available.owner, currency="CNY")
    assert (str(balance(available)), str(balance(paid))) == ("60.00", "40.00")
    entry = JournalEntry.objects.get(reference=f"each:{available.owner}")
    assert (str(entry.amount), entry.posting_count, entry.memo) == ("40.00", 2, "each")
    assert check_ledger().differences == []


@pytest.mark.django_db
def test_move_rows_under_a_reference_that_was_used_is_refused():
    _capital, available = funded("100.00")
    move_each("40.00")

    with pytest.raises(ReferenceTaken):
        move_each("40.00")

    assert (Posting.objects.filter(account=available).count(), str(balance(available))) == (
        2,
        "60.00",
    )


@pytest.mark.django_db
def test_move_rows_that_a_place_does_not_hold_is_refused():
    _capital, available = funded("100.00")
    before = JournalEntry.objects.count()

    with pytest.raises(Refused):
        move_each("100.01")

    assert (JournalEntry.objects.count(), str(balance(available))) == (before, "100.00")
