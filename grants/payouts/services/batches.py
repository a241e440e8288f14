"""Batches: prepared by one person, approved by another, released to a rail."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.awards.services import award_account
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import ZERO
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import account, lock_all, move
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
from grants.payouts.services.payees import redirect


def batch_account(batch: PayoutBatch, currency: str):
    return account(Place.IN_TRANSIT, batch.reference, currency=currency)


def rows_digest(batch: PayoutBatch) -> str:
    """The digest of what an approval approves: each payout with payee, account and amounts."""
    rows = batch.payouts.order_by("pk").values_list(
        "reference",
        "payee_id",
        "payee__account_index",
        "payee__state",
        "gross",
        "withheld",
        "net",
        "state",
    )
    return digest([list(row) for row in rows])


@transaction.atomic
def prepare_batch(payouts: Sequence[Payout], *, by, rail: str | None = None) -> PayoutBatch:
    """Puts due payouts into a new batch. Raises `Refused` where one of them is no longer free."""
    require(by, "prepare_batch")
    wanted = {payout.pk for payout in payouts}
    if not wanted:
        raise Refused(_("Choose at least one payout."))
    rows = list(
        Payout.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, state="due", batch=None)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise Refused(_("Some of these payouts are no longer due. Reload the page."))
    _refuse_unverified(Payout.objects.filter(pk__in=wanted))
    batch = PayoutBatch.objects.create(
        reference=next_reference("BAT"), rail=rail or settings.PAYOUT_RAIL, prepared_by=by
    )
    Payout.objects.filter(pk__in=wanted).update(batch=batch)
    _count(batch)
    record(
        batch,
        "prepare",
        by=by,
        data={"payouts": [row.reference for row in rows], "total": batch.total},
        to_state=batch.state,
    )
    return batch


def _refuse_unverified(payouts) -> None:
    """Nothing is paid to an account that was suspended or replaced after the payout became due."""
    wrong = payouts.exclude(payee__state="verified").order_by("pk")
    references = list(wrong.values_list("reference", flat=True)[:10])
    if references:
        raise Refused(
            _("The account is no longer verified: %(references)s. Leave these payouts out.")
            % {"references": ", ".join(references)}
        )


def _count(batch: PayoutBatch) -> None:
    batch.count = batch.payouts.count()
    batch.total = batch.payouts.aggregate(total=Sum("net", default=ZERO))["total"]
    batch.save(update_fields=["count", "total"])


@transaction.atomic
def take_out(payout: Payout, *, by, reason: str) -> None:
    """Takes one payout out of a batch that is still open."""
    require(by, "prepare_batch")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if payout.batch is None:
        raise Refused(_("This payout is in no batch."))
    batch = lock(payout.batch)
    if batch.state != "open":
        raise Refused(_("This batch was submitted. It must be rejected before it can be changed."))
    if not batch.payouts.filter(pk=payout.pk).update(batch=None):
        raise Refused(_("This payout is in no batch."))
    _count(batch)
    record(payout, "recall", by=by, data={"reason": reason, "batch": batch.reference})
    redirect(Payout.objects.filter(pk=payout.pk), by=by)


@transaction.atomic
def submit_batch(batch: PayoutBatch, *, by) -> None:
    """Hands a batch to the controller; fixes total, count and digest of its rows."""
    require(by, "prepare_batch", batch)
    lock(batch)
    if not batch.payouts.exists():
        raise Refused(_("This batch is empty."))
    _refuse_unverified(batch.payouts)
    _count(batch)
    fixed = rows_digest(batch)
    data = {"total": batch.total, "count": batch.count, "digest": fixed}
    advance(batch, "submit", by=by, submitted_at=timezone.now(), digest=fixed, data=data)


def _refuse_stale(batch: PayoutBatch, expected: str) -> None:
    if rows_digest(batch) != batch.digest or (expected and expected != batch.digest):
        raise Refused(
            _("A payout of this batch changed after it was submitted. Reject it and submit again.")
        )


@transaction.atomic
def approve_batch(batch: PayoutBatch, *, by, digest: str = "") -> None:
    """Approves exactly the rows that were submitted; `digest` is the one that was shown.

    Raises `Refused` for the preparer and where a row changed since.
    """
    if batch.prepared_by_id == by.pk:
        raise Refused(_("You prepared this batch. Another person must approve it."))
    require(by, "approve_batch", batch)
    fresh = lock(batch)
    rows = list(fresh.payouts.select_for_update(of=("self",)).order_by("pk"))
    if fresh.state == "submitted":
        _refuse_stale(fresh, digest)
    advance(
        batch,
        "approve",
        by=by,
        approved_by=by,
        approved_at=timezone.now(),
        data={"total": fresh.total, "count": fresh.count, "digest": fresh.digest},
    )
    for payout in rows:
        advance(payout, "approve", by=by)


@transaction.atomic
def reject_batch(batch: PayoutBatch, *, by, reason: str) -> None:
    """Sends a batch back to its preparer; nothing of it is approved any more."""
    require(by, "approve_batch", batch)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    for payout in lock(batch).payouts.filter(state="approved").order_by("pk"):
        advance(payout, "recall", by=by)
    advance(
        batch,
        "reject",
        by=by,
        approved_by=None,
        approved_at=None,
        digest="",
        data={"reason": reason},
    )


@transaction.atomic
def cancel_batch(batch: PayoutBatch, *, by) -> None:
    """Dissolves an open batch; its payouts are free again."""
    require(by, "prepare_batch", batch)
    advance(batch, "cancel", by=by)
    freed = list(batch.payouts.values_list("pk", flat=True))
    batch.payouts.update(batch=None)
    redirect(Payout.objects.filter(pk__in=freed), by=by)


@transaction.atomic
def release_batch(batch: PayoutBatch, *, by) -> None:
    """Hands the money to the rail: `payable → in_transit`, and one attempt with its number each.

    Nothing is called here: workers send the attempts that this transaction committed.
    """
    require(by, "approve_batch", batch)
    lock(batch)
    _refuse_unverified(batch.payouts)
    event = advance(batch, "release", by=by, released_at=timezone.now())
    payouts = list(batch.payouts.select_for_update(of=("self",)).with_way().order_by("pk"))
    lock_all(award_account(payout.award, Place.PAYABLE) for payout in payouts)
    for payout in payouts:
        advance(payout, "send", by=by, sent_at=timezone.now())
        tries = payout.attempts.count()
        attempt = PaymentAttempt.objects.create(
            payout=payout,
            batch=batch,
            number=f"{payout.reference}-{tries + 1}",
            rail=batch.rail,
        )
        record(attempt, "prepare", by=by, data={"number": attempt.number}, to_state="prepared")
        move(
            f"payout:{payout.reference}:send:{tries + 1}",
            payout.gross,
            source=award_account(payout.award, Place.PAYABLE),
            target=batch_account(batch, payout.currency),
            memo=f"payout {payout.reference} sent",
            event=event,
        )


def finish_if_settled(batch: PayoutBatch) -> None:
    """Finishes a released batch once no payout of it is under way. Finished is not success."""
    batch = lock(batch)
    if (
        batch.state == "released"
        and not batch.payouts.filter(state__in=["sending", "sent", "unknown", "approved"]).exists()
    ):
        advance(batch, "finish", by=None)
