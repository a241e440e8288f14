"""A mistake is taken back by its exact negative, once."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from grants.core.errors import Refused
from grants.events.models import Event
from grants.events.services import record
from grants.ledger.checks import check_ledger
from grants.ledger.models import JournalEntry, Place, Posting
from grants.ledger.services import move, post, reverse
from tests import cast
from tests.ledger.books import balance, funded, place, raw, tamper
from tests.together import together

FIVE = Decimal("5.00")
RAW = """
    WITH e AS (
        INSERT INTO grants_journalentry
            (reference, memo, amount, posting_count, currency, at, reverses_id)
        VALUES ('raw', 'raw', {amount}, {count}, 'CNY', now(), {first}) RETURNING id
    )
    INSERT INTO grants_posting (entry_id, account_id, amount)
    SELECT e.id, leg.account, leg.amount FROM e, (VALUES {legs}) AS leg (account, amount)
"""


def happened() -> Event:
    person = cast.person("controller")
    with transaction.atomic():
        return record(person, "confirm", by=person)


def mistake():
    """Five moved from available to paid."""
    _capital, available = funded("100.00")
    paid = place(Place.PAID)
    return move("mistake", FIVE, source=available, target=paid, memo="x"), available, paid


def contents() -> list:
    return [sorted(model.objects.values_list()) for model in (JournalEntry, Posting)]


@pytest.mark.django_db
def test_reversal_negates_every_leg_and_names_its_entry():
    _capital, available = funded("100.00")
    paid, tax = place(Place.PAID), place(Place.TAX_PAYABLE)
    legs = [(available, Decimal(-100)), (paid, Decimal(80)), (tax, Decimal(20))]
    entry, event = post("three", legs, memo="x"), happened()

    made = reverse(entry, memo="wrong payee", event=event)

    assert (made.reference, made.reverses, made.event) == ("three:reversed", entry, event)
    assert (made.amount, made.posting_count, made.memo) == (Decimal(100), 3, "wrong payee")
    assert [balance(row) for row in (available, paid, tax)] == [Decimal(100), 0, 0]
    assert entry.reversal == made
    assert check_ledger().differences == []


@pytest.mark.django_db
def test_reversal_is_made_once():
    entry, available, _paid = mistake()
    event = happened()
    made = reverse(entry, memo="x", event=event)

    assert reverse(entry, memo="x", event=event) == made
    assert balance(available) == Decimal(100)


@pytest.mark.django_db(transaction=True)
def test_reversal_by_two_at_once_is_made_once():
    entry, available, paid = mistake()
    event = happened()

    first, second = together(
        lambda: reverse(entry, memo="x", event=event),
        lambda: reverse(entry, memo="x", event=event),
    )

    assert first == second == entry.reversal
    assert (balance(available), balance(paid)) == (Decimal(100), 0)


@pytest.mark.django_db
def test_reversal_stays():
    entry, _available, _paid = mistake()
    made = reverse(entry, memo="x", event=happened())

    with pytest.raises(Refused):
        reverse(made, memo="x", event=happened())

    assert JournalEntry.objects.last() == made


@pytest.mark.django_db
def test_reversal_of_money_that_moved_on_is_refused():
    entry, _available, paid = mistake()
    move("on", FIVE, source=paid, target=place(Place.TAX_PAID), memo="x")
    event, before = happened(), contents()

    with pytest.raises(Refused):
        reverse(entry, memo="x", event=event)

    assert contents() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("legs", "amount", "count"),
    [
        ("({available}, 4.00), ({paid}, -4.00)", 4, 2),
        ("({available}, -5.00), ({paid}, 5.00)", 5, 2),
        ("({available}, 4.00), ({capital}, 1.00), ({paid}, -5.00)", 5, 3),
        ("({capital}, 5.00), ({paid}, -5.00)", 5, 2),
    ],
    ids=["less", "the-same-again", "more-legs", "another-account"],
)
def test_what_is_not_the_exact_negative_is_refused(legs, amount, count):
    entry, available, paid = mistake()
    accounts = {"available": available.pk, "paid": paid.pk, "capital": place(Place.CAPITAL).pk}
    before = contents()

    with pytest.raises(IntegrityError):
        raw(RAW.format(legs=legs.format(**accounts), amount=amount, count=count, first=entry.pk))

    assert contents() == before


@pytest.mark.django_db
def test_second_reversal_by_raw_sql_is_refused():
    entry, available, paid = mistake()
    reverse(entry, memo="x", event=happened())
    move("again", FIVE, source=available, target=paid, memo="x")
    legs, before = f"({available.pk}, 5.00), ({paid.pk}, -5.00)", contents()

    with pytest.raises(IntegrityError):
        raw(RAW.format(legs=legs, amount=5, count=2, first=entry.pk))

    assert contents() == before


@pytest.mark.django_db
def test_wrong_reversal_is_named():
    entry, available, paid = mistake()
    other = move("other", Decimal("1.00"), source=available, target=paid, memo="x")

    tamper("UPDATE grants_journalentry SET reverses_id = %s WHERE id = %s", entry.pk, other.pk)

    assert check_ledger().differences == ["entry other: is not the exact negative of mistake"]
