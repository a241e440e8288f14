"""The ledger against a plain dictionary, driven through random moves, repeats and reversals."""

from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from grants.core.errors import Refused
from grants.ledger.checks import check_ledger
from grants.ledger.models import JournalEntry, LedgerAccount, Place
from grants.ledger.services import Draft, ReferenceTaken, move, post, post_all, reverse
from tests.ledger.books import check_now, place
from tests.machines import OnDatabase, drive

PLACES = (Place.CAPITAL, Place.AVAILABLE, Place.ALLOCATED, Place.COMMITTED, Place.PAID)
REFERENCES = st.sampled_from([f"entry-{number}" for number in range(8)])
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("90.00"), places=2)
PAIRS = st.permutations(range(len(PLACES))).map(lambda order: order[:2])
Legs = frozenset[tuple[int, Decimal]]


@st.composite
def several_legs(draw) -> Legs:
    """Two to four legs on different accounts that sum to zero, none of them zero."""
    order = draw(st.permutations(range(len(PLACES))))
    amounts = draw(st.lists(AMOUNTS, min_size=1, max_size=3))
    into = zip(order[1:], amounts, strict=False)
    return frozenset([(order[0], -sum(amounts)), *into])


class Ledger(OnDatabase):
    """`balances` and `entries` are what the books should say."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = [place(name, "machine") for name in PLACES]
        self.balances = [Decimal(0)] * len(PLACES)
        self.entries: dict[str, Legs] = {}
        self.reversals: set[str] = set()

    def expect(self, drafts: list[tuple[str, Legs]]) -> type[Exception] | None:
        """What booking these must raise; where nothing, the model takes them over."""
        balances, entries = list(self.balances), dict(self.entries)
        for reference, legs in drafts:
            if reference in entries:
                if entries[reference] != legs:
                    return ReferenceTaken
                continue
            for account, amount in legs:
                balances[account] += amount
                if account and balances[account] < 0:
                    return Refused
            entries[reference] = legs
        self.balances, self.entries = balances, entries
        return None

    def told(self, legs: Legs) -> list[tuple[LedgerAccount, Decimal]]:
        return [(self.rows[account], amount) for account, amount in sorted(legs)]

    def book(self, drafts: list[tuple[str, Legs]], deed) -> None:
        expected = self.expect(drafts)
        if expected is None:
            deed()
        else:
            with pytest.raises(expected):
                deed()

    @rule(reference=REFERENCES, pair=PAIRS, amount=AMOUNTS)
    def move(self, reference, pair, amount):
        source, target = pair
        legs = frozenset([(source, -amount), (target, amount)])
        ends = {"source": self.rows[source], "target": self.rows[target]}
        self.book([(reference, legs)], lambda: move(reference, amount, memo="", **ends))

    @rule(amount=AMOUNTS)
    def found(self, amount):
        """Capital comes in, so that there is something to move."""
        reference = f"capital-{len(self.entries)}"
        legs = frozenset([(0, -amount), (1, amount)])
        self.book([(reference, legs)], lambda: post(reference, self.told(legs), memo=""))

    @rule(reference=REFERENCES, legs=several_legs())
    def post(self, reference, legs):
        self.book([(reference, legs)], lambda: post(reference, self.told(legs), memo=""))

    @rule(drafts=st.lists(st.tuples(REFERENCES, several_legs()), min_size=2, max_size=3))
    def post_all(self, drafts):
        written = [Draft(reference, self.told(legs), "") for reference, legs in drafts]
        self.book(drafts, lambda: post_all(written))

    @rule(chosen=st.integers(0, 30))
    def repeat(self, chosen):
        """A booked entry again is a no-op."""
        if self.entries:
            reference, legs = sorted(self.entries.items())[chosen % len(self.entries)]
            post(reference, self.told(legs), memo="again")

    @rule(chosen=st.integers(0, 30))
    def reverse(self, chosen):
        if not self.entries:
            return
        reference, legs = sorted(self.entries.items())[chosen % len(self.entries)]
        entry = JournalEntry.objects.get(reference=reference)
        if reference in self.reversals:
            with pytest.raises(Refused):
                reverse(entry, memo="", event=None)
            return
        name = f"{reference}:reversed"
        back = frozenset((account, -amount) for account, amount in legs)
        self.book([(name, back)], lambda: reverse(entry, memo="", event=None))
        if name in self.entries:
            self.reversals.add(name)

    @invariant()
    def books_say_what_the_model_says(self):
        check_now()
        found = dict(LedgerAccount.objects.values_list("pk", "balance"))
        assert [found[row.pk] for row in self.rows] == self.balances
        assert sum(found.values()) == 0
        assert JournalEntry.objects.count() == len(self.entries)
        assert check_ledger().differences == []


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_ledger_does_what_a_plain_model_does():
    drive(Ledger)
