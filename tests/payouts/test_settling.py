"""Answers that are booked together leave what one after the other would leave."""

import pytest

from grants.events.models import Event
from grants.ledger.models import Posting
from grants.payouts.models import PaymentAttempt
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services.booking import book, load, lose_sight
from grants.payouts.services.settling import settle_all
from tests.many import answer
from tests.payouts.way import differences, released, standing

pytestmark = pytest.mark.django_db


def called() -> list[PaymentAttempt]:
    return [load(pk) for pk in PaymentAttempt.objects.order_by("pk").values_list("pk", flat=True)]


def events_of(attempt: PaymentAttempt) -> list[tuple]:
    """What was told of the attempt and its payout, without their numbers."""
    things = [("paymentattempt", attempt.pk), ("payout", attempt.payout_id)]
    told = []
    for kind, key in things:
        rows = Event.objects.filter(thing_type=kind, thing_id=str(key)).order_by("id")
        told += rows.values_list("kind", "from_state", "to_state", "actor")
    return told


def facts_of(attempt: PaymentAttempt) -> tuple:
    row = PaymentAttempt.objects.select_related("payout").get(pk=attempt.pk)
    call = {name: value for name, value in row.exchange[0].items() if name != "at"}
    data = [
        sorted(event.data)
        for event in Event.objects.filter(
            thing_id__in=[str(row.pk), str(row.payout_id)], kind__endswith="le"
        )
    ]
    postings = Posting.objects.filter(entry__reference__contains=f"{row.number}").order_by("amount")
    return (
        (row.state, row.code, row.message, row.rail_reference, len(row.exchange), call),
        (row.settled_at is not None, row.next_ask_at, row.lease_until),
        (row.payout.state, row.payout.reason, row.payout.paid_at is not None),
        list(postings.values_list("account__place", "amount")),
        events_of(row),
        data,
    )


def test_settled_together_is_as_booked_one_by_one():
    released("ann", "bob", "one")
    *many, one = called()
    said = answer(Outcome.PAID)
    book(one, said)

    booked = settle_all([(attempt, said) for attempt in many])

    assert booked == {attempt.pk for attempt in many}
    assert [facts_of(attempt) for attempt in many] == [facts_of(one)] * 2
    assert (set(standing()), differences()) == ({("paid", "succeeded")}, [])


def test_each_keeps_its_own_answer():
    released("ann", "bob")
    ann, bob = called()
    one, other = answer(Outcome.PAID), answer(Outcome.PAID)
    object.__setattr__(one, "rail_reference", "A-1")
    object.__setattr__(other, "rail_reference", "B-2")

    settle_all([(bob, other), (ann, one)])

    kept = PaymentAttempt.objects.order_by("pk").values_list("rail_reference", flat=True)
    assert list(kept) == ["A-1", "B-2"]


def test_only_those_that_still_wait_for_a_first_answer_are_booked():
    released("ann", "bob", "eve")
    ann, bob, eve = called()
    book(ann, answer(Outcome.REFUSED))
    lose_sight(load(bob.pk), "LEASE_OVER", "x")

    booked = settle_all([(attempt, answer(Outcome.PAID)) for attempt in (ann, bob, eve)])

    assert booked == {eve.pk}
    assert standing() == [("failed", "rejected"), ("unknown", "unknown"), ("paid", "succeeded")]
    assert differences() == []


def test_the_same_answers_twice_are_booked_once():
    released("ann")
    said = [(attempt, answer(Outcome.PAID)) for attempt in called()]
    settle_all(said)
    before = Event.objects.count(), Posting.objects.count()

    assert settle_all(said) == set()

    assert (Event.objects.count(), Posting.objects.count()) == before
    assert differences() == []
