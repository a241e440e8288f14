"""Workers that die, meet, or come late: each attempt is sent once and none is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from grants.core.crypto import seal
from grants.payouts.clock import database_now
from grants.payouts.models import Payee, PaymentAttempt, Payout
from grants.payouts.rails import rail
from grants.payouts.rails.protocol import Answer, Outcome
from grants.payouts.services.booking import book
from grants.payouts.services.sending import (
    Q,
    ask_open,
    claim,
    lease,
    lose_expired,
    order_of,
    send_prepared,
)
from tests.payouts.way import ask, differences, expire_leases, later, released, standing
from tests.together import together

pytestmark = pytest.mark.django_db


def calls(gateway) -> list[str]:
    """What was called about the one payout, in order."""
    number = PaymentAttempt.objects.get().number
    found = gateway.book(out_biz_no=number)["calls"]
    return [call["method"].removeprefix("alipay.fund.trans.") for call in found]


def claimed_and_called() -> PaymentAttempt:
    """As a worker that was killed after the claim and the mark, with or without its call."""
    claim(Q(state="prepared", called_at=None, lease_until=None))
    now = database_now()
    PaymentAttempt.objects.update(called_at=now, lease_until=now + lease())
    return PaymentAttempt.objects.get()


def answer(outcome: Outcome) -> Answer:
    return Answer(
        outcome=outcome, code="X", message="x", request={}, response={}, at=datetime.now(UTC)
    )


def test_worker_killed_after_the_call_is_found_out_and_the_payout_paid_once(gateway):
    (payout,) = released()
    attempt = claimed_and_called()
    rail(attempt.rail).send(order_of(attempt))

    assert (send_prepared(), lose_expired(), ask_open()) == (0, 0, 0)
    assert standing() == [("sending", "prepared")]
    expire_leases()
    assert lose_expired() == 1
    assert standing() == [("unknown", "unknown")]
    assert send_prepared() == 0
    ask()

    assert standing() == [("paid", "succeeded")]
    assert calls(gateway) == ["uni.transfer", "common.query"]
    assert [row["amount"] for row in gateway.book()["transfers"]] == [str(payout.net)]
    assert differences() == []


def test_worker_killed_before_the_call_is_found_out_and_the_payout_sent(gateway):
    released()
    claimed_and_called()
    expire_leases()

    assert lose_expired() == 1
    ask()
    assert standing() == [("sending", "prepared")]
    send_prepared()

    assert standing() == [("paid", "succeeded")]
    assert calls(gateway) == ["common.query", "uni.transfer"]
    assert differences() == []


def test_worker_killed_after_the_claim_alone_leaves_the_attempt_free(gateway):
    released()
    claim(Q(state="prepared", called_at=None, lease_until=None))

    assert send_prepared() == 0
    expire_leases()
    assert (lose_expired(), lose_expired()) == (1, 0)
    assert send_prepared() == 1

    assert standing() == [("paid", "succeeded")]
    assert calls(gateway) == ["uni.transfer"]


def test_worker_killed_while_asking_is_followed_by_another_question(gateway):
    released()
    gateway.misbehave("reset", when="after", count=1)
    send_prepared()
    later()
    claim(Q(state="unknown"))

    assert ask_open() == 0
    expire_leases()
    assert ask_open() == 1

    assert standing() == [("paid", "succeeded")]


def test_answer_that_comes_twice_is_booked_once(gateway):
    released()
    send_prepared()
    attempt = PaymentAttempt.objects.get()
    before = standing(), differences()

    for outcome in Outcome:
        book(attempt, answer(outcome))
        book(attempt, answer(outcome), was_question=True)

    assert (standing(), differences()) == before == ([("paid", "succeeded")], [])


def test_refusal_of_a_number_that_was_called_before_is_asked_about_first(gateway):
    """The first call paid and its answer was lost; a second call of the number is refused."""
    released()
    attempt = claimed_and_called()
    rail(attempt.rail).send(order_of(attempt))
    book(attempt, answer(Outcome.UNKNOWN))

    book(PaymentAttempt.objects.get(), answer(Outcome.REFUSED))
    assert standing() == [("unknown", "unknown")]
    ask()

    assert standing() == [("paid", "succeeded")]
    assert differences() == []


def test_late_answer_to_a_question_does_not_disturb_the_attempt_that_is_sent_again(gateway):
    released()
    gateway.misbehave("reset", when="before", count=1)
    send_prepared()
    ask()
    assert standing() == [("sending", "prepared")]

    for outcome in (Outcome.NOT_FOUND, Outcome.UNKNOWN, Outcome.REFUSED, Outcome.SENT):
        book(PaymentAttempt.objects.get(), answer(outcome), was_question=True)

    assert standing() == [("sending", "prepared")]
    send_prepared()
    assert standing() == [("paid", "succeeded")]


def test_late_unclear_answer_to_a_first_call_can_still_be_settled(gateway):
    """The worker slept so long that its number was asked about and freed to be sent again."""
    released()
    attempt = claimed_and_called()
    expire_leases()
    lose_expired()
    ask()
    assert standing() == [("sending", "prepared")]

    book(attempt, answer(Outcome.UNKNOWN))
    assert standing() == [("unknown", "unknown")]
    ask()
    send_prepared()

    assert standing() == [("paid", "succeeded")]
    assert differences() == []


def test_payout_that_cannot_be_called_does_not_stop_the_others(gateway):
    released("a", "b")
    spoilt = Payee.objects.order_by("named_at").first()
    Payee.objects.filter(pk=spoilt.pk).update(account_sealed=seal("6222", row="another row"))

    send_prepared()

    assert standing() == [("sending", "prepared"), ("paid", "succeeded")]
    attempt = PaymentAttempt.objects.order_by("pk").first()
    assert (attempt.code, attempt.called_at) == ("NOT_READY", None)
    assert len(gateway.book()["transfers"]) == 1
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_attempt_once(gateway):
    payouts = released("a", "b", "c", "d")
    gateway.misbehave("latency", seconds="0.2")

    together(*[lambda: [send_prepared(limit=2) for _time in range(3)]] * 4)

    assert standing() == [("paid", "succeeded")] * 4
    for payout in payouts:
        found = gateway.book(out_biz_no=f"{payout.reference}-1")
        assert [call["method"] for call in found["calls"]] == ["alipay.fund.trans.uni.transfer"]
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_workers_that_ask_and_lose_and_send_at_once_settle_everything(gateway):
    payouts = released("a", "b", "c")
    gateway.misbehave("reset", when="after", count=1)
    gateway.misbehave("http", when="before", count=1)

    def work() -> None:
        for _time in range(8):
            send_prepared()
            lose_expired()
            later()
            ask_open()

    together(work, work, work)
    connection.close()

    assert standing() == [("paid", "succeeded")] * 3
    rows = {row["out_biz_no"]: row["amount"] for row in gateway.book()["transfers"]}
    assert rows == {f"{payout.reference}-1": str(payout.net) for payout in payouts}
    assert differences() == []


def test_question_pauses_grow_and_end_at_half_an_hour(gateway):
    released()
    gateway.misbehave("reset", when="after", count=1)
    gateway.misbehave("http", on="query")
    send_prepared()
    pauses = []
    for asked in (0, 1, 5, 30):
        PaymentAttempt.objects.update(asked=asked)
        ask()
        pauses.append(PaymentAttempt.objects.get().next_ask_at - database_now())

    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(seconds=5)
    assert timedelta(minutes=22) < pauses[-1] <= timedelta(minutes=30)
    assert Payout.objects.get().state == "unknown"
