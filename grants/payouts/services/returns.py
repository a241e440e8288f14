"""Asks about card payments that were paid: the payee's bank may still send the money back.

Source: Alipay's uni.transfer, “SUCCESS may later become REFUND” for bank cards. A notification may
tell of it, and may be lost; so each payment is asked about once a day for a number of days.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from grants.events.services import lock
from grants.payouts.clock import database_now
from grants.payouts.models import PayeeKind, PaymentAttempt, Payout
from grants.payouts.rails import rail
from grants.payouts.rails.protocol import Answer, Outcome
from grants.payouts.services.booking import KEPT_EXCHANGES, kept, load
from grants.payouts.services.notified import RAILS, book_asked
from grants.payouts.services.rails import note
from grants.payouts.services.sending import LONGEST_RUN_S, claim, order_of

logger = logging.getLogger(__name__)

ASKED_EVERY = timedelta(days=1)
AFTER_NO_CLEAR_ANSWER = timedelta(hours=1)
IS_NEWS = (Outcome.RETURNED, Outcome.REFUSED)


def ask_paid() -> int:
    """Asks about all whose day has come, for a minute at most; returns how many it asked about."""
    until, total = time.monotonic() + LONGEST_RUN_S, 0
    while time.monotonic() < until and (claimed := claim(_due())):
        # A worker that dies on the way leaves them to the next hour, and not to the next second.
        rows = PaymentAttempt.objects.filter(pk__in=claimed)
        rows.update(next_ask_at=database_now() + AFTER_NO_CLEAR_ANSWER)
        try:
            total += _ask_each(claimed, until)
        finally:
            rows.filter(state__in=["succeeded", "returned"]).update(lease_until=None)
    return total


def _due() -> Q:
    """Paid to a card a day ago or longer, and not asked about today."""
    now = database_now()
    to_cards = Payout.objects.filter(payee__kind=PayeeKind.BANK)
    return Q(
        Q(next_ask_at=None) | Q(next_ask_at__lte=now),
        state="succeeded",
        rail__in=RAILS,
        payout__in=to_cards,
        settled_at__lte=now - ASKED_EVERY,
        settled_at__gt=now - timedelta(days=settings.RAIL_RETURNS_FOR_DAYS),
    )


def _ask_each(claimed: list[int], until: float) -> int:
    """Those that it gets to before the rail is stopped or the time is over."""
    asked = 0
    for pk in claimed:
        if time.monotonic() > until:
            break
        try:
            attempt = load(pk)
            answer = rail(attempt.rail).ask(attempt.number, order_of(attempt))
            asked += 1
            _book(attempt, answer)
        except Exception:  # the other payments are asked about, whatever this one is
            logger.exception("attempt %s: it could not be asked about", pk)
            continue
        if note(attempt.rail, answer):
            break
    return asked


@transaction.atomic
def _book(attempt: PaymentAttempt, answer: Answer) -> None:
    fresh = lock(attempt)
    told: dict[str, Any] = {"asked": F("asked") + 1}
    if answer.outcome == Outcome.PAID or answer.outcome in IS_NEWS:
        told["next_ask_at"] = database_now() + ASKED_EVERY
    if answer.outcome in IS_NEWS:
        told["exchange"] = [*fresh.exchange, kept(answer, was_question=True)][-KEPT_EXCHANGES:]
    PaymentAttempt.objects.filter(pk=attempt.pk).update(**told)
    book_asked(attempt, fresh.state, answer)
