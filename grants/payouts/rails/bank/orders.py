"""What every file of payment orders asks of its orders, and who pays them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from stdnum.iso7064 import mod_11_10

from grants.core.errors import Refused
from grants.payouts.rails.protocol import Order

CURRENCY = "CNY"
ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
LONGEST_NUMBER, LONGEST_NAME = 35, 140


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """The account that pays: its holder, number, bank and the bank's CNAPS code."""

    name: str
    account: str
    bank_name: str
    cnaps_code: str

    def __post_init__(self) -> None:
        if not (self.name and self.bank_name and ACCOUNT.fullmatch(self.account)):
            raise Refused(_("The fund's own bank account is not set up: BANK_DEBTOR_… in .env."))
        if not is_cnaps(self.cnaps_code):
            raise Refused(_("BANK_DEBTOR_CNAPS is not a CNAPS code of 12 digits."))


def is_cnaps(code: str) -> bool:
    return len(code) == 12 and code.isascii() and mod_11_10.is_valid(code)


def checked(orders: Sequence[Order]) -> Decimal:
    """The total of the orders. Raises `Refused` that names the first one a bank would not take."""
    if not orders:
        raise Refused(_("There is no payment to write into the file."))
    known: set[str] = set()
    for row, order in enumerate(orders, start=1):
        why = _wrong(order) or (_("its number is there twice") if order.number in known else "")
        if why:
            raise refusal(row, order, why)
        known.add(order.number)
    return sum((order.amount for order in orders), Decimal(0))


def refusal(row: int, order: Order, why: str) -> Refused:
    words = {"row": row, "number": order.number, "why": why}
    return Refused(_("Row %(row)s, payment %(number)s: %(why)s.") % words)


def _wrong(order: Order) -> str:
    if order.payee_kind != "bank":
        return _("it is paid to an Alipay account, which a bank file cannot reach")
    if order.currency != CURRENCY:
        return _("a bank file pays in %(currency)s only") % {"currency": CURRENCY}
    if len(order.number) > LONGEST_NUMBER:
        return _("its number is longer than 35 characters")
    if not ACCOUNT.fullmatch(order.account):
        return _("its account is not 1 to 34 letters and digits")
    if len(order.holder_name) > LONGEST_NAME or len(order.bank_name) > LONGEST_NAME:
        return _("a name is longer than 140 characters")
    if not is_cnaps(order.cnaps_code):
        return _("its CNAPS code is wrong")
    texts = (order.holder_name, order.bank_name, order.title, order.remark)
    if any(_is_unwritable(sign) for text in texts for sign in text):
        return _("a name holds a character that cannot be written")
    return ""


def _is_unwritable(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in "\ufffe\uffff"


def purpose(order: Order) -> str:
    """What the bank's statement will repeat, our number first, so that the line is recognised."""
    return f"{order.number} {order.remark or order.title}".strip()[:LONGEST_NAME]
