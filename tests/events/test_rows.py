"""Events and states of many rows by one statement say what one row after the other would say."""

import pytest
from django.db.models import F
from django.db.models.functions import JSONObject

from grants.core.errors import Refused
from grants.events.models import Event, UnsealedEvent
from grants.events.services import advance, advance_rows, record, record_rows
from grants.payouts.models import Payout
from tests import cast
from tests.many import due_payouts

pytestmark = pytest.mark.django_db
OWN = ("id", "at", "thing_id", "reference", "case")


def told(kind: str) -> list[dict]:
    """The events of a kind, oldest first, without what is each one's own."""
    rows = Event.objects.filter(kind=kind).order_by("id").values()
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]


def named(kind: str) -> list[tuple[str, str, str]]:
    rows = Event.objects.filter(kind=kind).order_by("id")
    return list(rows.values_list("thing_id", "reference", "case"))


def names_of(*payouts: Payout) -> list[tuple[str, str, str]]:
    return [(str(payout.pk), payout.reference, payout.case) for payout in payouts]


def test_record_rows_tells_of_each_as_record_does():
    one, ann, bob = due_payouts("one", "ann", "bob")
    finance = cast.person("finance")
    record(one, "hold", by=finance, data={"reference": one.reference}, from_state="due")

    count = record_rows(
        Payout.objects.exclude(pk=one.pk).order_by("-pk"),
        "hold",
        by=finance,
        case=Payout.CASE,
        data=JSONObject(reference=F("reference")),
        from_state="due",
    )

    first, *others = told("payout.hold")
    assert (count, named("payout.hold")) == (2, names_of(one, ann, bob))
    assert [row["data"] for row in others] == [{"reference": row.reference} for row in (ann, bob)]
    assert [row | {"data": first["data"]} for row in others] == [first, first]
    assert UnsealedEvent.objects.filter(event__kind="payout.hold").count() == 3


def test_record_rows_without_data_is_as_record_without_data():
    one, many = due_payouts("one", "ann")
    record(one, "hold", by=None)

    record_rows(Payout.objects.filter(pk=many.pk), "hold", by=None, case=Payout.CASE)

    first, second = told("payout.hold")
    assert first == second


def test_record_rows_of_nothing_tells_nothing():
    before = Event.objects.count()

    assert record_rows(Payout.objects.none(), "hold", by=None, case=Payout.CASE) == 0

    assert Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_record_rows_outside_a_transaction_is_refused():
    cast.due_payout()
    before = Event.objects.count()

    with pytest.raises(RuntimeError):
        record_rows(Payout.objects.all(), "hold", by=None, case=Payout.CASE)

    assert Event.objects.count() == before


def test_advance_rows_moves_each_as_advance_does():
    one, ann, bob = due_payouts("one", "ann", "bob")
    finance = cast.person("finance")
    advance(one, "hold", by=finance, reason="x", data={"why": "x"})

    count = advance_rows(
        Payout.objects.exclude(pk=one.pk),
        "hold",
        by=finance,
        case=Payout.CASE,
        data={"why": "x"},
        reason="x",
    )

    first, *others = told("payout.hold")
    assert (count, others) == (2, [first, first])
    assert named("payout.hold") == names_of(one, ann, bob)
    assert set(Payout.objects.values_list("state", "reason")) == {("held", "x")}


def test_advance_rows_names_the_state_that_each_came_from():
    ann, bob = due_payouts("ann", "bob")
    advance(bob, "hold", by=None)

    advance_rows(Payout.objects.all(), "cancel", by=None, case=Payout.CASE)

    came = Event.objects.filter(kind="payout.cancel").values_list("thing_id", "from_state")
    assert sorted(came) == sorted([(str(ann.pk), "due"), (str(bob.pk), "held")])
    assert set(Payout.objects.values_list("state", flat=True)) == {"cancelled"}


def test_advance_rows_moves_none_where_one_cannot_move():
    _ann, bob = due_payouts("ann", "bob")
    advance(bob, "cancel", by=None)
    before = Event.objects.count(), list(Payout.objects.order_by("pk").values())

    with pytest.raises(Refused):
        advance_rows(Payout.objects.all(), "hold", by=None, case=Payout.CASE)

    assert (Event.objects.count(), list(Payout.objects.order_by("pk").values())) == before
