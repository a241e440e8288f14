"""A rail in memory that answers as it likes, and watches what it is called with."""

import logging

from hypothesis import strategies as st

from grants.payouts.models import PaymentAttempt
from grants.payouts.rails.protocol import Answer, Order, Outcome
from tests.many import answer

FIRST = (
    *("lost after paying",) * 4,
    *("dies after paying", "late", "hangs", "hangs", "sent", "sent", "paid"),
    *("refused", "stop", "lost", "dies", "late and refused"),
)
AGAIN = (*("refused",) * 5, "paid", "lost", "dies", "late", "late and refused")
ENTERS = {
    "paid": "paid",
    "late": "paid",
    "sent": "dealing",
    "hangs": "hanging",
    "lost after paying": "paid",
    "dies after paying": "paid",
}
REFUSES = ("refused", "late and refused")
QUESTIONS = ("says", "says", "cannot say", "is late")


class Killed(BaseException):
    """The worker's process is gone: nothing after the call happens."""


class Rail(logging.Handler):
    """`book` is number → (state, order): paid, dealing, failed, or hanging (on its way).

    It knows its numbers: an order that is there is not carried out again. A refusal carries nothing
    out, but may be given before it looks whether it paid already; what it refused and does not have
    it refuses again. Of each number it may once say that it never saw it. An answer that is `late`
    comes when others have done more about the number: (number, answer, whether it was asked).

    `wrong` is what no rail may see or hear of: calls without a mark, errors in the log.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.begin(None)

    def begin(self, draw) -> None:
        self.book: dict[str, tuple[str, Order]] = {}
        self.denied: set[str] = set()
        self.refused: set[str] = set()
        self.late: list[tuple[str, Answer, bool]] = []
        self.called: set[str] = set()
        self.asleep: set[str] = set()
        self.is_stopped = self.is_honest = self.may_deny = False
        self.wrong: list[str] = []
        self.draw = draw

    def emit(self, record: logging.LogRecord) -> None:
        self.wrong.append(self.format(record))

    def send(self, order: Order) -> Answer:
        number = order.number
        self._watch(number)
        plan = self._plan(number)
        self.called.add(number)
        if plan in ENTERS and number not in self.book:
            self.book[number] = ENTERS[plan], order
        if plan in REFUSES and number not in self.book:
            self.refused.add(number)
        if plan in ("dies", "dies after paying"):
            raise Killed
        outcomes = dict.fromkeys(REFUSES, Outcome.REFUSED) | {"stop": Outcome.STOP}
        said = answer(outcomes.get(plan, Outcome.UNKNOWN), code=plan.upper(), message=plan)
        if plan in ("paid", "sent", "late"):
            said = self._what_became_of(number)
        return self._in_time(number, said, is_late="late" in plan, was_question=False)

    def ask(self, number: str, order: Order) -> Answer:
        said = self._what_became_of(number)
        may_deny = self.may_deny and said.outcome == Outcome.PAID and number not in self.denied
        questions = QUESTIONS + ("denies",) * 4 * may_deny
        plan = "says" if self.is_honest else self._choose(questions, f"asked about {number}, it")
        if plan == "cannot say":
            said = answer(Outcome.UNKNOWN, code="TIMEOUT", message="no answer")
        elif plan == "denies":
            self.denied.add(number)
            said = answer(Outcome.NOT_FOUND, code="ORDER_NOT_EXIST", message="denied")
        return self._in_time(number, said, is_late=plan == "is late", was_question=True)

    def settle(self, state: str, target: str | None) -> None:
        for number, (found, order) in list(self.book.items()):
            if found == state and target:
                self.book[number] = target, order
            elif found == state:
                del self.book[number]

    def _plan(self, number: str) -> str:
        if number in self.refused and number not in self.book:
            return "refused"
        if self.is_honest:
            return "paid"
        return self._choose(AGAIN if number in self.book else FIRST, f"called with {number}, it")

    def _choose(self, plans: tuple[str, ...], label: str) -> str:
        return self.draw(st.sampled_from(plans), label=label)

    def _in_time(self, number: str, said: Answer, *, is_late: bool, was_question: bool) -> Answer:
        if is_late:
            self.late.append((number, said, was_question))
            raise Killed
        return said

    def _what_became_of(self, number: str) -> Answer:
        state, _order = self.book.get(number, ("none", None))
        outcomes = {"paid": Outcome.PAID, "dealing": Outcome.SENT, "failed": Outcome.REFUSED}
        return answer(outcomes.get(state, Outcome.NOT_FOUND), code=state.upper(), message=state)

    def _watch(self, number: str) -> None:
        attempt = PaymentAttempt.objects.select_related("payout").get(number=number)
        if (attempt.state, attempt.payout.state) != ("prepared", "sending"):
            self.wrong.append(f"{number} is called while {attempt.state}, {attempt.payout.state}")
        if attempt.called_at is None or attempt.lease_until is None:
            self.wrong.append(f"{number} is called without a mark")
        if number in self.asleep:
            self.wrong.append(f"{number} is called while another worker holds it")
        if self.is_stopped and number not in self.called:
            self.wrong.append(f"{number} is called although its account was stopped")
