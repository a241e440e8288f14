"""Handing a batch to its rail: money is in transit, and every payout has its number."""

from django.db import transaction
from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.rows import insert_for
from grants.events.models import Event
from grants.events.services import advance, advance_rows, lock, record_rows
from grants.ledger.models import Place
from grants.ledger.services import Side, move_rows
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch, RailName
from grants.payouts.services.batches import lock_payouts, rows_digest
from grants.payouts.services.calendar import next_bank_day
from grants.payouts.services.readiness import refuse_kept, refuse_unready


@transaction.atomic
def release_batch(batch: PayoutBatch, *, by) -> None:
    """Hands the money to the rail: `payable → in_transit`, and one attempt with its number each.

    Nothing is called here: workers send the attempts that this transaction committed. A bank file
    is to be executed on the next day on which banks work. Raises `Refused` where a row is no longer
    what was approved.
    """
    require(by, "approve_batch", batch)
    fresh, now = lock(batch), timezone.now()
    payouts, states = fresh.payouts.all(), lock_payouts(fresh)
    refuse_kept(payouts, by=by)
    if fresh.state == "approved":
        if states - {"approved"} or rows_digest(fresh) != fresh.digest:
            raise Refused(_("A payout of this batch is not what was approved. Reject the batch."))
        refuse_unready(payouts)
    is_file = fresh.rail == RailName.BANK_FILE
    send_on = next_bank_day(timezone.localdate(now)) if is_file else None
    event = advance(batch, "release", by=by, released_at=now, send_on=send_on)
    advance_rows(payouts, "send", by=by, case=Payout.CASE, sent_at=now)
    _prepare_attempts(batch, payouts, by=by)
    _book(batch, event)


def _prepare_attempts(batch: PayoutBatch, payouts: QuerySet[Payout], *, by) -> None:
    """One attempt for each payout, numbered after those that were made before."""
    before = _counted(PaymentAttempt.objects.filter(payout=OuterRef("pk")))
    number = Concat("reference", Value("-"), Cast(before + 1, CharField()))
    insert_for(payouts, PaymentAttempt, payout=F("pk"), batch=batch, number=number, rail=batch.rail)
    record_rows(
        batch.attempts.all(),
        "prepare",
        by=by,
        case=f"payout__{Payout.CASE}",
        data=JSONObject(number="number"),
        to_state="prepared",
    )


def _book(batch: PayoutBatch, event: Event) -> None:
    """One entry for each attempt, out of what its award has payable."""
    made = _counted(PaymentAttempt.objects.filter(payout=OuterRef("payout")))
    name = Concat(Value("payout:"), "payout__reference", Value(":send:"), Cast(made, CharField()))
    currencies = batch.payouts.order_by().values_list(Payout.CURRENCY, flat=True).distinct()
    for currency in currencies:
        move_rows(
            batch.attempts.filter(**{f"payout__{Payout.CURRENCY}": currency}),
            reference=name,
            amount="payout__gross",
            source=Side(Place.PAYABLE, "payout__milestone__award__reference"),
            target=Side(Place.IN_TRANSIT, "batch__reference"),
            currency=currency,
            memo=Concat(Value("payout "), "payout__reference", Value(" sent")),
            event=event,
        )


def _counted(attempts: QuerySet[PaymentAttempt]) -> Coalesce:
    counts = attempts.order_by().values("payout").annotate(made=Count("pk")).values("made")
    return Coalesce(Subquery(counts), 0)
