"""Moving money: once for a reference, never below zero, whoever comes at the same time."""

import itertools
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.core.errors import Refused
from grants.ledger.checks import check_ledger
from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting
from grants.ledger.services import ReferenceTaken, account, move, post
from tests.ledger.books import balance, funded, place
from tests.together import together

FIVE = Decimal("5.00")
EXAMPLES = itertools.count(1)


@pytest.mark.django_db
def test_account_is_made_at_its_first_use_only():
    first = account(Place.PAID, "AWD-1", currency="CNY")

    assert account(Place.PAID, "AWD-1", currency="CNY") == first
    assert LedgerAccount.objects.count() == 1


@pytest.mark.django_db
def test_move_moves_and_tells():
    capital, available = funded("100.00")
    round = place(Place.ALLOCATED, "round")

    entry = move("budget", Decimal("40"), source=available, target=round, memo="budget")

    assert (str(balance(available)), str(balance(round))) == ("60.00", "40.00")
    assert str(balance(capital)) == "-100.00"
    assert (str(entry.amount), entry.posting_count, entry.currency) == ("40.00", 2, "CNY")


@pytest.mark.django_db
def test_post_several_legs():
    _capital, available = funded("100.00")
    paid, tax = place(Place.PAID, "a"), place(Place.TAX_PAYABLE, "a")

    entry = post(
        "three", [(available, Decimal(-100)), (paid, Decimal(80)), (tax, Decimal(20))], memo="three"
    )

    assert [str(balance(row)) for row in (available, paid, tax)] == ["0.00", "80.00", "20.00"]
    assert (entry.posting_count, str(entry.amount)) == (3, "100.00")


@pytest.mark.django_db
def test_move_under_the_same_reference_is_done_once():
    _capital, available = funded("100.00")
    paid = place(Place.PAID)
    first = move("once", FIVE, source=available, target=paid, memo="x")

    again = move("once", FIVE, source=available, target=paid, memo="another memo")

    assert again == first
    assert str(balance(paid)) == "5.00"


@pytest.mark.django_db
def test_move_again_is_a_no_op_also_when_the_money_is_gone():
    _capital, available = funded("5.00")
    paid = place(Place.PAID)
    first = move("once", FIVE, source=available, target=paid, memo="x")

    assert move("once", FIVE, source=available, target=paid, memo="x") == first


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["amount", "target", "direction"])
def test_other_content_under_a_reference_is_refused(change):
    _capital, available = funded("100.00")
    paid, other = place(Place.PAID), place(Place.PAYABLE)
    move("once", FIVE, source=available, target=paid, memo="x")
    amount, source, target = {
        "amount": (Decimal("5.01"), available, paid),
        "target": (FIVE, available, other),
        "direction": (FIVE, paid, available),
    }[change]

    with pytest.raises(ReferenceTaken):
        move("once", amount, source=source, target=target, memo="x")

    assert JournalEntry.objects.count() == 2
    assert str(balance(paid)) == "5.00"


@pytest.mark.django_db
def test_move_of_more_than_there_is_says_so_and_changes_nothing():
    _capital, available = funded("100.00")
    paid = place(Place.PAID)

    with pytest.raises(Refused) as refused:
        move("much", Decimal("100.01"), source=available, target=paid, memo="x")

    assert "100.00" in str(refused.value)
    assert "100.01" in str(refused.value)
    assert [str(balance(row)) for row in (available, paid)] == ["100.00", "0.00"]
    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [(-5, "4.99"), (-5, "5.01"), (5, 5)])
def test_post_of_legs_that_do_not_sum_to_zero_is_a_value_error(amounts):
    capital, available = funded("100.00")

    with pytest.raises(ValueError, match="sum to zero"):
        post(
            "off",
            [(capital, Decimal(amounts[0])), (available, Decimal(amounts[1]))],
            memo="x",
        )

    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0", "-5.00"])
def test_move_of_nothing_or_less_is_a_value_error(amount):
    _capital, available = funded("100.00")
    paid = place(Place.PAID)

    with pytest.raises(ValueError, match="more than zero"):
        move("back", Decimal(amount), source=available, target=paid, memo="x")

    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db
def test_move_of_a_float_is_a_type_error():
    _capital, available = funded("100.00")

    with pytest.raises(TypeError):
        move("float", 0.1, source=available, target=place(Place.PAID), memo="x")


@pytest.mark.django_db
@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.decimals(Decimal("0.01"), 60, places=2)),
        max_size=8,
    )
)
def test_any_moves_leave_each_balance_the_sum_of_its_postings(moves):
    key = f"example {next(EXAMPLES)}"  # each has books of its own
    rows = [place(Place.CAPITAL, key)] + [
        place(name, key) for name in (Place.AVAILABLE, Place.ALLOCATED, Place.COMMITTED, Place.PAID)
    ]
    move(key, Decimal(100), source=rows[0], target=rows[1], memo="capital")
    for number, (source, target, amount) in enumerate(moves):
        if source != target:
            try:
                move(f"{key}:{number}", amount, source=rows[source], target=rows[target], memo="")
            except Refused:
                continue

    for row in rows:
        assert (
            balance(row)
            == Posting.objects.filter(account=row).aggregate(x=Sum("amount", default=0))["x"]
            or 0
        )
        assert row.place == Place.CAPITAL or balance(row) >= 0
    assert sum(balance(row) for row in rows) == 0
    assert check_ledger().differences == []


@pytest.mark.django_db(transaction=True)
def test_sixty_four_threads_with_one_reference_book_one_entry():
    _capital, available = funded("100.00")
    paid = place(Place.PAID)

    made = together(*[lambda: move("race", FIVE, source=available, target=paid, memo="x")] * 64)

    assert {entry.pk for entry in made} == {JournalEntry.objects.get(reference="race").pk}
    assert str(balance(paid)) == "5.00"
    assert check_ledger().differences == []


@pytest.mark.django_db(transaction=True)
def test_threads_with_one_reference_and_other_accounts_get_one_entry_and_say_taken():
    _capital, available = funded("100.00")
    sources = [place(Place.ALLOCATED, f"a{number}") for number in range(4)]
    for number, source in enumerate(sources):
        move(f"fill{number}", FIVE, source=available, target=source, memo="x")
    targets = [place(Place.PAID, f"b{number}") for number in range(4)]

    made = together(
        *[
            lambda source=source, target=target: move(
                "race", FIVE, source=source, target=target, memo="x"
            )
            for source, target in zip(sources, targets, strict=True)
        ]
    )

    assert sorted(type(found).__name__ for found in made) == [
        "JournalEntry",
        "ReferenceTaken",
        "ReferenceTaken",
        "ReferenceTaken",
    ]
    assert check_ledger().differences == []


@pytest.mark.django_db(transaction=True)
def test_eight_threads_drain_an_account_to_zero_and_never_below():
    _capital, available = funded("100.00")
    paid = place(Place.PAID)

    def drain(worker: int) -> int:
        taken = 0
        for number in range(5):
            try:
                move(f"{worker}:{number}", Decimal(7), source=available, target=paid, memo="x")
                taken += 1
            except Refused:
                continue
        return taken

    taken = together(*[lambda worker=worker: drain(worker) for worker in range(8)])

    assert sum(taken) == 14
    assert [str(balance(row)) for row in (available, paid)] == ["2.00", "98.00"]
    assert check_ledger().differences == []


@pytest.mark.django_db(transaction=True)
def test_opposite_orders_of_accounts_never_deadlock():
    _capital, available = funded("100.00")
    left, right = place(Place.ALLOCATED, "left"), place(Place.ALLOCATED, "right")
    post("fill", [(available, Decimal(-100)), (left, Decimal(50)), (right, Decimal(50))], memo="x")

    def swing(name: str, source, target) -> str:
        for number in range(25):
            move(f"{name}{number}", Decimal(1), source=source, target=target, memo="x")
        return "done"

    assert (
        together(
            lambda: swing("there", left, right),
            lambda: swing("back", right, left),
            lambda: swing("again", left, right),
            lambda: swing("home", right, left),
        )
        == ["done"] * 4
    )
    assert [str(balance(row)) for row in (left, right)] == ["50.00", "50.00"]
