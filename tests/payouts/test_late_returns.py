"""Card payments that the payee's bank sends back after they were paid, and nobody told of it."""

from datetime import timedelta

import pytest

from grants.core.money import to_fen
from grants.events.models import Event
from grants.payouts.clock import database_now
from grants.payouts.models import PaymentAttempt, RailHealth
from grants.payouts.services.rails import ERRORS_IN_A_ROW, stop_rail, stopped_now
from grants.payouts.services.returns import ask_paid
from grants.payouts.services.sending import send_prepared
from grants.tasks import ask_for_returns
from tests import cast
from tests.ledger.books import tamper
from tests.payouts.way import balance, differences, released, standing

pytestmark = pytest.mark.django_db


def paid(*owners: str, days: float = 2) -> list[str]:
    """The numbers of payouts that were paid so many days ago, one of each owner."""
    released(*owners)
    send_prepared()
    PaymentAttempt.objects.update(settled_at=database_now() - timedelta(days=days))
    return list(PaymentAttempt.objects.order_by("pk").values_list("number", flat=True))


def a_day_later() -> None:
    PaymentAttempt.objects.update(next_ask_at=database_now() - timedelta(seconds=1))


def due_in() -> timedelta:
    return PaymentAttempt.objects.get().next_ask_at - database_now()


def test_payment_that_came_back_is_booked_without_a_notification(gateway):
    first, second = paid("ann", "bob")
    gateway.give_back(first, "账户已销户")

    assert ask_for_returns() == 2

    assert standing() == [("returned", "returned"), ("paid", "succeeded")]
    assert (balance("paid"), balance("payable")) == ("30000.00", "30000.00")
    attempt = PaymentAttempt.objects.get(number=first)
    assert (attempt.code, attempt.message, attempt.asked) == ("REFUND", "账户已销户", 1)
    assert [call["call"] for call in attempt.exchange] == ["send", "ask"]
    assert attempt.lease_until is None
    assert differences() == []
    back = Event.objects.get(kind="payout.return")
    assert (back.from_state, back.to_state) == ("paid", "returned")
    assert to_fen(gateway.book()["totals"]["SUCCESS"]["sum"]) == to_fen(balance("paid"))
    assert second in gateway.numbers()


def test_payment_is_asked_about_once_a_day(gateway):
    (number,) = paid("ann")

    assert (ask_paid(), ask_paid()) == (1, 0)
    assert timedelta(hours=23) < due_in() <= timedelta(days=1)
    gateway.give_back(number)
    a_day_later()

    assert (ask_paid(), ask_paid()) == (1, 0)
    assert standing() == [("returned", "returned")]


@pytest.mark.parametrize(("days", "asked"), [(0.9, 0), (1.1, 1), (6.9, 1), (7.1, 0)])
def test_payment_is_asked_about_from_the_first_day_to_the_last(gateway, settings, days, asked):
    settings.RAIL_RETURNS_FOR_DAYS = 7.0
    paid("ann", days=days)

    assert ask_paid() == asked


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE grants_payee SET kind = 'alipay'",
        "UPDATE grants_paymentattempt SET rail = 'bank_file'",
        "UPDATE grants_paymentattempt SET state = 'returned'",
        "UPDATE grants_paymentattempt SET state = 'rejected'",
    ],
)
def test_only_payments_to_cards_by_a_gateway_are_asked_about(gateway, change):
    paid("ann")
    tamper(change)

    assert ask_paid() == 0


def test_no_clear_answer_changes_nothing_and_is_asked_for_again_in_an_hour(gateway):
    (number,) = paid("ann")
    gateway.misbehave("bad_signature", on="query", count=1)
    gateway.give_back(number)
    before = PaymentAttempt.objects.get().exchange

    assert ask_paid() == 1

    assert standing() == [("paid", "succeeded")]
    assert PaymentAttempt.objects.get().exchange == before
    assert timedelta(minutes=50) < due_in() <= timedelta(hours=1)
    a_day_later()
    assert ask_paid() == 1
    assert standing() == [("returned", "returned")]


def test_number_that_the_rail_no_longer_knows_stays_paid(gateway):
    paid("ann")
    gateway.reset()

    assert ask_paid() == 1

    assert (standing(), differences()) == ([("paid", "succeeded")], [])


def test_stopped_rail_is_not_asked_and_one_that_fails_is_stopped(gateway):
    paid(*(f"owner{number}" for number in range(ERRORS_IN_A_ROW + 2)))
    controller = cast.person("controller")
    stop_rail("sandbox", by=controller, reason="x")
    assert ask_paid() == 0
    RailHealth.objects.all().delete()
    gateway.misbehave("http", status=502, on="any")

    assert ask_paid() == ERRORS_IN_A_ROW

    assert list(stopped_now()) == ["sandbox"]
    assert not PaymentAttempt.objects.exclude(lease_until=None).exists()


def test_payment_whose_account_does_not_open_leaves_the_others_alone(gateway):
    _first, second = paid("ann", "bob")
    tamper(
        "UPDATE grants_payee SET account_sealed = 'x' WHERE id = %s",
        PaymentAttempt.objects.order_by("pk").first().payout.payee_id,
    )
    gateway.give_back(second)

    assert ask_paid() == 1

    assert standing() == [("paid", "succeeded"), ("returned", "returned")]
