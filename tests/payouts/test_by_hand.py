"""An outcome that a controller enters: with a reason and the bank's reference, never alone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from grants.accounts.models import Role
from grants.accounts.services import grant_role
from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import PaymentAttempt, Payout
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services import batches
from grants.payouts.services.booking import book
from grants.payouts.services.by_hand import settle_by_hand
from tests import cast, many
from tests.admin.conftest import EVERYBODY, STRANGER
from tests.payouts.way import differences, places, released, standing
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


PROOF = {"outcome": "paid", "reason": "On the statement of 25 November.", "reference": "B-77"}


@pytest.fixture
def payout():
    """A payout of which nobody knows."""
    (payout,) = released()
    return many.settled(payout, Outcome.UNKNOWN, code="TIMEOUT")


def settle(payout, by: str = "controller", **more) -> None:
    settle_by_hand(Payout.objects.get(pk=payout.pk), by=cast.person(by), **PROOF | more)


def refusal(payout, by: str = "controller", **more) -> tuple[str, list[str]]:
    """The sentence and its fields; and nothing changed."""
    before = standing(), Event.objects.count(), PaymentAttempt.objects.values().get()
    with pytest.raises(Refused) as refused:
        settle(payout, by, **more)
    assert before == (standing(), Event.objects.count(), PaymentAttempt.objects.values().get())
    return str(refused.value), list(refused.value.problems)


def test_paid_by_hand_is_in_the_books_with_its_proof(payout):
    settle(payout, reason=" On the statement. ", reference=" B-77 ")

    assert standing() == [("paid", "succeeded")]
    assert (places()["in_transit"], places()["paid"]) == ("0.00", str(payout.gross))
    attempt = PaymentAttempt.objects.get()
    assert (attempt.code, attempt.rail_reference) == ("BY_HAND", "B-77")
    event = Event.objects.get(kind="payout.settle_by_hand")
    assert event.actor == cast.person("controller")
    assert event.data == {
        "outcome": "paid",
        "reason": "On the statement.",
        "reference": "B-77",
        "number": attempt.number,
        "was": "unknown",
    }
    assert differences() == []


def test_failed_by_hand_is_payable_again(payout):
    settle(payout, outcome="failed")

    assert standing() == [("failed", "rejected")]
    assert (places()["in_transit"], places()["payable"]) == ("0.00", str(payout.gross))
    assert differences() == []


def test_payout_under_way_can_be_settled_too():
    (payout,) = released()
    many.settled(payout, Outcome.SENT, code="DEALING")

    settle(payout)

    assert standing() == [("paid", "succeeded")]


def test_answer_that_comes_later_changes_nothing(payout):
    settle(payout)
    attempt = PaymentAttempt.objects.get()

    for outcome in Outcome:
        book(attempt, many.answer(outcome), was_question=True)

    assert standing() == [("paid", "succeeded")]
    assert differences() == []


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in ("controller", STRANGER)])
def test_only_the_controller_may(payout, who):
    if who == "finance":
        sentence, _fields = refusal(payout, "finance")
        assert sentence == "You prepared this payout's batch. Another person must do this."
        return
    with pytest.raises(PermissionDenied):
        settle(payout, who)

    assert standing() == [("unknown", "unknown")]


def test_who_prepared_the_batch_may_not_though_a_controller():
    both = cast.person("finance")
    grant_role(both, Role.CONTROLLER, by=None)
    (payout,) = released()
    many.settled(payout, Outcome.UNKNOWN, code="TIMEOUT")

    sentence, _fields = refusal(payout, "finance")

    assert sentence == "You prepared this payout's batch. Another person must do this."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": " "}, "Say how you know."),
        ({"reference": " "}, "Enter the bank's reference."),
        ({"reference": "x" * 65}, "The bank's reference has at most 64 characters."),
        ({"outcome": "maybe"}, "Say whether it was paid."),
    ],
)
def test_without_proof_it_is_refused_beside_the_field(payout, wrong, sentence):
    assert refusal(payout, **wrong) == (sentence, list(wrong))


def test_reference_of_another_payout_is_refused():
    ann, bob = released("ann", "bob")
    many.settled(ann, Outcome.UNKNOWN, code="TIMEOUT")
    many.settled(bob, Outcome.PAID)
    used = PaymentAttempt.objects.get(payout=bob).rail_reference

    with pytest.raises(Refused) as refused:
        settle(ann, reference=used)

    assert str(refused.value) == f"This reference belongs to payout {bob.reference}."
    assert standing() == [("unknown", "unknown"), ("paid", "succeeded")]


@pytest.mark.parametrize("outcome", [None, Outcome.PAID, Outcome.REFUSED])
def test_only_what_waits_for_an_answer_is_settled(outcome):
    (payout,) = released()
    if outcome:
        many.settled(payout, outcome)

    sentence, _fields = refusal(payout)

    assert sentence == "This payout is not waiting for an answer. Reload the page."


def test_payout_that_was_never_sent_is_refused():
    payout = cast.due_payout()
    batches.submit_batch(cast.batch_of(payout), by=cast.person("finance"))

    with pytest.raises(Refused):
        settle(payout)

    assert Payout.objects.get().state == "due"


@pytest.mark.django_db(transaction=True)
def test_two_controllers_and_the_rail_at_once_settle_it_once():
    (payout,) = released()
    many.settled(payout, Outcome.UNKNOWN, code="TIMEOUT")
    attempt = PaymentAttempt.objects.get()

    outcomes = together(
        lambda: settle(payout, outcome="failed"),
        lambda: settle(payout, outcome="failed", reference="B-78"),
        lambda: book(attempt, many.answer(Outcome.REFUSED), was_question=True),
    )

    assert standing() == [("failed", "rejected")]
    assert all(found is None or isinstance(found, Refused) for found in outcomes)
    assert differences() == []
