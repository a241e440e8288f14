"""The rail of bank files: an order waits in its batch's file, and statements say what became of it.

Nothing is called, so that nothing is unknown either: see `rails/bank` for the files themselves.
"""

from datetime import UTC, datetime

from grants.payouts.rails.protocol import Answer, Order, Outcome

CODE = "FILE"


class BankFileRail:
    """`Rail` without a counterpart. `send` and `ask` both say: handed over, wait for the bank."""

    def send(self, order: Order) -> Answer:
        return _waits()

    def ask(self, number: str, order: Order) -> Answer:
        return _waits()


def _waits() -> Answer:
    return Answer(
        outcome=Outcome.SENT,
        code=CODE,
        message="The payment is in the batch's bank file; a statement says what became of it.",
        request={},
        response={},
        at=datetime.now(UTC),
    )
