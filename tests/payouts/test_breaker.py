"""A rail that answers only errors is left alone; one bad attempt leaves the others alone."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import PaymentAttempt, RailHealth
from grants.payouts.services import rails
from grants.payouts.services.rails import ERRORS_IN_A_ROW, resume_rail, stop_rail, stopped_now
from grants.payouts.services.sending import ask_open, lose_expired, send_prepared
from tests import cast
from tests.ledger.books import tamper
from tests.payouts.way import ask, differences, expire_leases, later, released, standing

pytestmark = pytest.mark.django_db
MANY = [f"owner{number}" for number in range(ERRORS_IN_A_ROW + 2)]


def test_rail_that_only_fails_is_stopped_after_a_few(gateway):
    released(*MANY)
    gateway.misbehave("http", status=502, on="any")

    sent = send_prepared()
    again = send_prepared()

    assert (sent, again) == (len(MANY), 0)
    assert list(stopped_now()) == ["sandbox"]
    assert [state for state, _attempt in standing()] == ["unknown"] * ERRORS_IN_A_ROW + [
        "sending"
    ] * 2
    assert Event.objects.filter(kind="railhealth.stop").count() == 1


def test_rail_on_trial_gets_one_call_and_goes_on_when_it_answers(gateway):
    released(*MANY)
    gateway.misbehave("http", status=502, on="any")
    send_prepared()
    gateway.behave()
    later()

    first = ask_open()
    health = RailHealth.objects.get()

    assert (first, health.failures, health.stopped_at) == (1, 0, None)
    assert (ask(), send_prepared()) == (ERRORS_IN_A_ROW - 1, 2)
    assert differences() == []


def test_rail_that_says_stop_is_stopped_at_once(gateway):
    released("ann")
    gateway.misbehave("refuse", code="40004", sub_code="PAYER_STATUS_ERROR", when="before")

    send_prepared()

    assert list(stopped_now().values()) == ["PAYER_STATUS_ERROR The sandbox was told to refuse."]


def test_refusal_of_one_payee_says_nothing_of_the_rail(gateway):
    released(*MANY)
    gateway.misbehave("refuse", sub_code="PAYEE_NOT_EXIST")

    send_prepared()

    assert stopped_now() == {}


def test_person_who_stops_a_rail_lets_it_go_on(gateway):
    released("ann")
    controller = cast.person("controller")

    stop_rail("sandbox", by=controller, reason="夜间维护")
    while_stopped = send_prepared()
    resume_rail("sandbox", by=controller)

    assert (while_stopped, send_prepared()) == (0, 1)
    assert standing() == [("paid", "succeeded")]
    with pytest.raises(Refused):
        resume_rail("sandbox", by=controller)


@pytest.mark.parametrize(
    ("who", "error"), [("finance", PermissionDenied), ("officer", PermissionDenied)]
)
def test_rail_is_stopped_by_controllers_only(who, error):
    with pytest.raises(error):
        stop_rail("sandbox", by=cast.person(who), reason="x")

    assert RailHealth.objects.count() == 0


def test_pause_grows_and_has_an_end():
    pauses = [rails.pause(times).total_seconds() for times in (0, 1, 5, 100)]

    assert 7.5 <= pauses[0] <= 10
    assert 15 <= pauses[1] <= 20
    assert 240 <= pauses[2] <= 320
    assert 450 <= pauses[3] <= 600


def test_attempt_that_makes_no_sense_leaves_the_others_alone(gateway):
    wrong, right = released("ann", "bob")
    tamper("UPDATE grants_payout SET state = 'paid' WHERE id = %s", wrong.pk)

    send_prepared()
    expire_leases()
    lose_expired()

    assert standing() == [("paid", "prepared"), ("paid", "succeeded")]
    assert gateway.numbers() == [PaymentAttempt.objects.get(payout=right).number]
