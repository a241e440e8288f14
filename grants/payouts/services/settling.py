"""Books first answers that say “paid” together: what one of them costs, twenty cost but once.

An answer waits in the memory of the worker for two seconds, or as long as the call after it takes.
A worker that dies meanwhile leaves attempts that were called and have no answer: the rail is asked
about them, as ever.
"""

import json
import logging
import time
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils import timezone

from grants.events.models import Event
from grants.events.services import advance_rows
from grants.ledger.models import Place
from grants.ledger.services import Side, move_rows
from grants.payouts.models import PaymentAttempt, Payout
from grants.payouts.rails.protocol import Answer
from grants.payouts.services.batches import finish_if_settled
from grants.payouts.services.booking import book, kept
from grants.payouts.services.due import complete_those_done
from grants.payouts.services.rails import note

logger = logging.getLogger(__name__)

LONGEST_WAIT_S = 2.0
KEEP = """
    UPDATE grants_paymentattempt attempt
       SET exchange = said.exchange::jsonb, code = said.code, message = said.message,
           rail_reference = said.reference
      FROM unnest(%(keys)s::bigint[], %(exchanges)s::text[], %(codes)s::text[],
                  %(messages)s::text[], %(references)s::text[])
        AS said (id, exchange, code, message, reference)
     WHERE attempt.id = said.id
"""
Said = list[tuple[PaymentAttempt, Answer]]


class Paid:
    """Answers that wait to be booked together."""

    def __init__(self) -> None:
        self._said: Said = []
        self._since = 0.0

    def add(self, attempt: PaymentAttempt, answer: Answer) -> None:
        if not self._said:
            self._since = time.monotonic()
        self._said.append((attempt, answer))
        if time.monotonic() - self._since > LONGEST_WAIT_S:
            self.book()

    def book(self) -> None:
        """Books all that wait. One that cannot be booked with the others is booked by itself."""
        said, self._said = self._said, []
        if not said:
            return
        try:
            booked = settle_all(said)
        except Exception:  # one of them is at fault: the others are booked without it
            logger.exception("%s answers could not be booked together", len(said))
            booked = set()
        for attempt, answer in said:
            if attempt.pk not in booked:
                try:
                    book(attempt, answer)
                except Exception:
                    logger.exception("attempt %s: its booking failed", attempt.pk)
        for name, answer in {attempt.rail: answer for attempt, answer in said}.items():
            note(name, answer)


@transaction.atomic
def settle_all(said: Said) -> set[int]:
    """As `booking.book` for attempts whose first answer says that they were paid.

    Returns the attempts that were booked: those that still wait for their first answer.
    """
    answers = {attempt.pk: answer for attempt, answer in said}
    waiting = PaymentAttempt.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    fresh = waiting.filter(pk__in=answers, state="prepared", exchange=[])
    booked = set(fresh.values_list("pk", flat=True))
    _keep({key: answers[key] for key in booked})
    known = [attempt for attempt, _answer in said if attempt.pk in booked]
    for currency in {attempt.payout.currency for attempt in known}:
        _settle([row.pk for row in known if row.payout.currency == currency], currency)
    for batch in {row.batch_id: row.batch for row in known}.values():
        finish_if_settled(batch)
    complete_those_done({row.payout.award.pk for row in known})
    return booked


def _keep(answers: dict[int, Answer]) -> None:
    """Writes what was said, by one statement."""
    values: dict[str, Any] = {
        "keys": list(answers),
        "exchanges": [
            json.dumps([kept(answer, was_question=False)], cls=DjangoJSONEncoder)
            for answer in answers.values()
        ],
        "codes": [answer.code for answer in answers.values()],
        "messages": [answer.message for answer in answers.values()],
        "references": [answer.rail_reference for answer in answers.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)


def _settle(keys: list[int], currency: str) -> None:
    """The attempts succeed, their payouts are paid, and their money moves `in_transit → paid`."""
    now, attempts = timezone.now(), PaymentAttempt.objects.filter(pk__in=keys)
    advance_rows(
        attempts,
        "succeed",
        by=None,
        case=f"payout__{Payout.CASE}",
        data=JSONObject(number="number", rail_reference="rail_reference"),
        settled_at=now,
        next_ask_at=None,
        lease_until=None,
    )
    number = Subquery(attempts.filter(payout=OuterRef("pk")).values("number"))
    advance_rows(
        Payout.objects.filter(pk__in=attempts.values("payout")),
        "settle",
        by=None,
        case=Payout.CASE,
        data=JSONObject(net=Cast("net", CharField()), number=number),
        paid_at=now,
        reason="",
    )
    settled = Event.objects.filter(
        thing_type="payout",
        thing_id=Cast(OuterRef("payout"), CharField()),
        kind="payout.settle",
    )
    move_rows(
        attempts,
        reference=Concat(Value("payout:"), "payout__reference", Value(":paid:"), "number"),
        amount="payout__gross",
        source=Side(Place.IN_TRANSIT, "batch__reference"),
        target=Side(Place.PAID, "payout__milestone__award__reference"),
        currency=currency,
        memo=Concat(Value("payout "), "payout__reference", Value(" paid")),
        event=Subquery(settled.order_by("-id").values("pk")[:1]),
    )
