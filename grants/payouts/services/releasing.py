"""Handing a batch to its rail: money is in transit, and every payout has its number."""

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, advance_all, lock, record_all
from grants.ledger.models import Place
from grants.ledger.services import accounts_of, post_all, transfer
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch, RailName
from grants.payouts.services.batches import batch_account, rows_digest
from grants.payouts.services.calendar import next_bank_day
from grants.payouts.services.readiness import refuse_unready


@transaction.atomic
def release_batch(batch: PayoutBatch, *, by) -> None:
    """Hands the money to the rail: `payable → in_transit`, and one attempt with its number each.

    Nothing is called here: workers send the attempts that this transaction committed. A bank file
    is to be executed on the next day on which banks work. Raises `Refused` where a row is no longer
    what was approved.
    """
    require(by, "approve_batch", batch)
    fresh, now = lock(batch), timezone.now()
    rows = fresh.payouts.select_for_update(of=("self",)).with_way()
    payouts = list(rows.order_by("pk"))
    tries = _tries(payouts)
    if fresh.state == "approved":
        is_approved = all(payout.state == "approved" for payout in payouts)
        if not is_approved or rows_digest(fresh) != fresh.digest:
            raise Refused(_("A payout of this batch is not what was approved. Reject the batch."))
        refuse_unready(fresh.payouts.all())
    is_file = fresh.rail == RailName.BANK_FILE
    send_on = next_bank_day(timezone.localdate(now)) if is_file else None
    event = advance(batch, "release", by=by, released_at=now, send_on=send_on)
    advance_all(payouts, "send", by=by, sent_at=now)
    attempts = PaymentAttempt.objects.bulk_create(
        PaymentAttempt(
            payout=payout,
            batch=batch,
            number=f"{payout.reference}-{tries[payout.pk] + 1}",
            rail=batch.rail,
        )
        for payout in payouts
    )
    record_all(
        attempts,
        "prepare",
        by=by,
        data_of=lambda attempt: {"number": attempt.number},
        to_state="prepared",
    )
    _book(batch, payouts, tries, event)


def _tries(payouts: list[Payout]) -> dict[int, int]:
    """How often each payout was sent before."""
    made = PaymentAttempt.objects.filter(payout__in=payouts).order_by()
    counted = dict(made.values_list("payout").annotate(Count("pk")))
    return {payout.pk: counted.get(payout.pk, 0) for payout in payouts}


def _book(batch: PayoutBatch, payouts: list[Payout], tries: dict[int, int], event) -> None:
    by_currency: dict[str, list] = {}
    for payout in payouts:
        by_currency.setdefault(payout.currency, []).append(payout)
    drafts = []
    for currency, rows in by_currency.items():
        owners = [payout.award.reference for payout in rows]
        sources = accounts_of(Place.PAYABLE, owners, currency=currency)
        target = batch_account(batch, currency)
        drafts += [
            transfer(
                f"payout:{payout.reference}:send:{tries[payout.pk] + 1}",
                payout.gross,
                source=sources[payout.award.reference],
                target=target,
                memo=f"payout {payout.reference} sent",
                event=event,
            )
            for payout in rows
        ]
    post_all(drafts)
