"""What the rail tells unasked: its signed notifications, booked like answers to a question.

A notification brings news earlier; it is not needed, for whatever it says is asked about anyway.
One that contradicts what the books say changes nothing by itself: the rail is asked at once.
"""

import logging
from enum import Enum, auto

from django.db import transaction

from grants.core.crypto import CannotOpen
from grants.events.services import lock
from grants.payouts.models import PaymentAttempt
from grants.payouts.rails import RailSettingsError, notify, opened_notice, rail
from grants.payouts.rails.notify import Notice
from grants.payouts.rails.protocol import Answer, Order, Outcome
from grants.payouts.services import booking
from grants.payouts.services.sending import order_of

logger = logging.getLogger(__name__)

RAILS = ("alipay", "sandbox")
SAYS_NO = (Outcome.REFUSED, Outcome.RETURNED)


class NotTaken(Exception):
    """A notification that is wrong about what we sent: `code` in capitals, a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class NotYet(NotTaken):
    """One that cannot be booked now; the rail tells it again later."""


class Step(Enum):
    BOOK = auto()
    TAKE_BACK = auto()
    KNOWN = auto()
    ASK = auto()
    WAIT = auto()


def receive(body: bytes) -> None:
    """Books the notification in that body; the same one twice is booked once.

    Raises notify.BadNotice unless the rail signed it for us, NotTaken for an unknown number and for
    another amount, and NotYet while it is not settled what it means.
    """
    try:
        notice = opened_notice(body)
    except RailSettingsError as error:
        raise NotYet("NOT_READY", str(error)) from error
    attempt = _find(notice.number)
    try:
        order = order_of(attempt)
    except (CannotOpen, ValueError) as error:
        raise NotYet("NOT_READY", str(error)) from error
    answer = notify.answer(notice, order)
    if answer.code == "OTHER_AMOUNT":
        raise NotTaken(answer.code, f"It names another amount for {notice.number}.")
    step = _take(attempt, notice, answer)
    if step is Step.WAIT:
        raise NotYet("TOO_EARLY", f"It says “{answer.code}” of {notice.number} too early.")
    if step is Step.ASK:
        _ask(attempt, notice, answer, order)


def _find(number: str) -> PaymentAttempt:
    found = PaymentAttempt.objects.filter(number=number, rail__in=RAILS).first()
    if found is None:
        raise NotTaken("UNKNOWN_NUMBER", f"Nothing was sent under the number {number}.")
    return booking.load(found.pk)


@transaction.atomic
def _take(attempt: PaymentAttempt, notice: Notice, answer: Answer) -> Step:
    fresh = lock(attempt)
    if any(call.get("notify_id") == notice.id for call in fresh.exchange):
        return Step.KNOWN
    step = _step(fresh, answer.outcome)
    if step in (Step.ASK, Step.WAIT):
        return step
    if step is Step.BOOK:
        booking.book(fresh, answer, was_question=True)
    elif step is Step.TAKE_BACK:
        booking.take_back(fresh, code=answer.code, message=answer.message)
    _archive(attempt, notice, answer, was_booked=step is Step.BOOK)
    return step


def _step(attempt: PaymentAttempt, outcome: Outcome) -> Step:
    """What to do with an outcome, by how far the attempt is."""
    if attempt.state == "prepared":
        # Under way, or to be sent again; before its first call there is nothing to be told of.
        was_called = attempt.called_at is not None or bool(attempt.exchange)
        return Step.BOOK if was_called and outcome == Outcome.PAID else Step.WAIT
    if outcome == Outcome.UNKNOWN:
        return Step.ASK
    if attempt.state in ("unknown", "accepted"):
        return Step.BOOK
    if attempt.state == "succeeded" and outcome == Outcome.RETURNED:
        return Step.TAKE_BACK
    contradicts = {"succeeded": (Outcome.REFUSED,), "rejected": (Outcome.PAID,)}
    return Step.ASK if outcome in contradicts.get(attempt.state, ()) else Step.KNOWN


def _archive(
    attempt: PaymentAttempt, notice: Notice, answer: Answer, *, was_booked: bool = False
) -> None:
    """Keeps the notification with the calls; the booking kept it as an answer to a question."""
    exchange = PaymentAttempt.objects.values_list("exchange", flat=True).get(pk=attempt.pk)
    if was_booked:
        kept, exchange = exchange[-1], exchange[:-1]
    else:
        kept = {
            "at": answer.at,
            "outcome": answer.outcome.value,
            "code": answer.code,
            "message": answer.message,
            "request": answer.request,
            "response": answer.response,
        }
    kept |= {"call": "notify", "notify_id": notice.id}
    exchange = [*exchange, kept][-booking.KEPT_EXCHANGES :]
    PaymentAttempt.objects.filter(pk=attempt.pk).update(exchange=exchange)


def _ask(attempt: PaymentAttempt, notice: Notice, told: Answer, order: Order) -> None:
    """Asks the rail about what it told; its answer counts, and not the notification."""
    try:
        answer = rail(attempt.rail).ask(attempt.number, order)
    except (LookupError, RailSettingsError) as error:
        raise NotYet("NOT_READY", str(error)) from error
    with transaction.atomic():
        state = lock(attempt).state
        book_asked(attempt, state, answer)
        if answer.outcome in (Outcome.PAID, Outcome.SENT, *SAYS_NO):
            _archive(attempt, notice, told)
            return
    raise NotYet("UNCLEAR", f"The rail, asked about {attempt.number}, said “{answer.code}”.")


def book_asked(attempt: PaymentAttempt, state: str, answer: Answer) -> None:
    """Books the answer to a question about an attempt that is locked, and stands in `state`."""
    if state in ("prepared", "unknown", "accepted"):
        booking.book(attempt, answer, was_question=True)
    elif state == "succeeded" and answer.outcome == Outcome.RETURNED:
        booking.take_back(attempt, code=answer.code, message=answer.message)
    elif (state == "succeeded" and answer.outcome == Outcome.REFUSED) or (
        state == "rejected" and answer.outcome == Outcome.PAID
    ):
        booking.contradict(attempt, answer)
