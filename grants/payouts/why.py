"""Why a payment has no final answer: each code, ours or the rail's, as a sentence for a person."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.payouts.models import PaymentAttempt, RailName
from grants.payouts.rails import codes
from grants.payouts.rails.protocol import Outcome

OURS: dict[str, str | Promise] = {
    "TIMEOUT": gettext_lazy("No answer came in time. The payment may have been made."),
    "NOT_CONNECTED": gettext_lazy(
        "The gateway could not be reached. This call did not leave; an earlier one may have."
    ),
    "CONNECTION_LOST": gettext_lazy(
        "The connection broke before the answer was complete. The payment may have been made."
    ),
    "NOT_AN_ANSWER": gettext_lazy("What came back was no answer of the gateway."),
    "NO_SIGNATURE": gettext_lazy("The answer was not signed, so it is not believed."),
    "BAD_SIGNATURE": gettext_lazy("The answer's signature does not verify, so it is not believed."),
    "OTHER_NUMBER": gettext_lazy("The answer was about another payment."),
    "OTHER_AMOUNT": gettext_lazy("The rail names another amount than we sent. Look at it."),
    "NO_AMOUNT": gettext_lazy("The rail told of the payment without its amount."),
    "FAIL_WITHOUT_CODE": gettext_lazy("The rail says that it failed, and does not say why."),
    "LEASE_OVER": gettext_lazy(
        "The worker stopped before an answer came. The payment may be made."
    ),
    "NOT_READY": gettext_lazy("It cannot be sent: our own keys or the payee's data are at fault."),
    "ORDER_NOT_EXIST": gettext_lazy(
        "The rail does not know the number yet. If it stays so, it is sent again, under this one."
    ),
    "PAYMENT_INFO_INCONSISTENCY": gettext_lazy(
        "The rail knows the number with other details. Somebody must look at it."
    ),
    "SYSTEM_ERROR": gettext_lazy("The rail had an error and cannot say yet what became of it."),
    "PAYER_BALANCE_NOT_ENOUGH": gettext_lazy("Our account does not hold enough money."),
    "BALANCE_IS_NOT_ENOUGH": gettext_lazy("Our account does not hold enough money."),
}


def why(attempt: PaymentAttempt) -> str:
    """Why nobody knows yet; a sentence in the active language."""
    if attempt.state == "accepted" and attempt.rail == RailName.BANK_FILE:
        return _("It is in a bank file. What became of it is said by the bank's statement.")
    if attempt.state == "accepted" and attempt.code in ("", *codes.STATUS):
        return _("The rail accepted it and has not said yet that it was made.")
    return sentence(attempt.code or "LEASE_OVER")


def sentence(code: str) -> str:
    """What a code says of a payment, in the active language."""
    if code in OURS:
        return str(OURS[code])
    if status := re.fullmatch(r"HTTP_(\d{3})", code):
        return _("The gateway answered with an error (HTTP %(status)s).") % {"status": status[1]}
    outcome = codes.TRANSFER.get(code, codes.GATEWAY.get(code))
    if outcome == Outcome.RETRY_LATER:
        return _("The rail cannot pay now: a limit or its own service. It is tried again.")
    if outcome == Outcome.STOP:
        return _("The rail takes no payment of ours: the contract or our settings are at fault.")
    if outcome == Outcome.REFUSED:
        return _("The rail refused it. An earlier call may have been made, so it is asked first.")
    return _("The rail gave an answer that we do not know, so it counts as none.")
