"""What a payout needs of any way to pay: an order out, an answer back, nothing guessed."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")
FEN, MOST = Decimal("0.01"), Decimal(10) ** 16


class Outcome(StrEnum):
    """What an answer says about the money under one number.

    `REFUSED` is the rail's own word, by its code. Where an earlier call under the same number ended
    `UNKNOWN`, a later refusal may have been given before the rail looked for that earlier call: the
    reservation may be released only after `ask` also says `REFUSED`, or `NOT_FOUND` past the rail's
    documented time. `RETRY_LATER` and `STOP` never free the number: the same order goes again under
    it. After `UNKNOWN` only `ask` is allowed; `NOT_FOUND` allows a send under the same number.
    """

    PAID = "paid"
    SENT = "sent"
    REFUSED = "refused"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"
    RETRY_LATER = "retry_later"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True)
class Order:
    """One payment as a rail is told it. The same order always becomes the same bytes.

    `number` is the rail's `out_biz_no`; `amount` is in yuan with at most two decimals; `account` is
    a bank account number or an Alipay id (2088…) or log-in. `holder_is_company` decides between a
    corporate and a personal account at the bank. The payee is kept out of `repr`, and so out of
    logs. Raises ValueError for an order that no rail could be given.
    """

    number: str
    amount: Decimal
    currency: str
    payee_kind: Literal["bank", "alipay"]
    account: str = field(repr=False)
    holder_name: str = field(repr=False)
    holder_is_company: bool
    bank_name: str = ""
    cnaps_code: str = ""
    title: str
    remark: str = ""

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.number):
            raise ValueError("The number of an order is 1 to 64 ASCII letters, digits, '-' or '_'.")
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError("The amount of an order is a finite Decimal.")
        if not 0 < self.amount < MOST or self.amount != self.amount.quantize(FEN):
            raise ValueError("The amount of an order is positive, in whole fen, below 10^16.")
        if self.payee_kind not in ("bank", "alipay"):
            raise ValueError("An order is paid to a bank account or to an Alipay account.")
        if not (self.account and self.holder_name and self.title):
            raise ValueError("An order names an account, its holder and a title.")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one call. `request` and `response` are masked and fit for the archive.

    `code` is the rail's own code, or one of ours in capitals where the rail gave none (TIMEOUT,
    NOT_CONNECTED, CONNECTION_LOST, HTTP_502, NOT_AN_ANSWER, NO_SIGNATURE, BAD_SIGNATURE,
    OTHER_NUMBER, OTHER_AMOUNT…). `message` is a sentence for a person. `rail_reference` is the
    rail's own number of the payment, empty where it gave none. `at` is aware, in UTC.
    """

    outcome: Outcome
    code: str
    message: str
    rail_reference: str = ""
    request: dict[str, Any]
    response: dict[str, Any]
    at: datetime


class Rail(Protocol):
    """A way to pay. Neither verb raises for anything that the outside does or fails to do."""

    def send(self, order: Order) -> Answer:
        """Ask the rail to pay. An order sent twice is paid once: the rail knows its number."""
        ...

    def ask(self, number: str, order: Order) -> Answer:
        """What became of the number. Moves no money; `order` says what it should have been."""
        ...
