"""The controllers' side of a batch: yes, no, or yes without one of its payouts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, advance_rows, lock, record
from grants.payouts.models import Payout, PayoutBatch
from grants.payouts.services.batches import count, lock_payouts, needs_second, rows_digest
from grants.payouts.services.payees import redirect
from grants.payouts.services.readiness import refuse_kept, refuse_unready

UNSIGNED = {
    "approved_by": None,
    "approved_at": None,
    "second_approved_by": None,
    "second_approved_at": None,
}


def _refuse_stale(batch: PayoutBatch, expected: str) -> None:
    is_due = not batch.payouts.exclude(state="due").exists()
    if not is_due or rows_digest(batch) != batch.digest or expected not in ("", batch.digest):
        raise Refused(
            _("A payout of this batch changed after it was submitted. Reject it and submit again.")
        )


@transaction.atomic
def approve_batch(batch: PayoutBatch, *, by, digest: str = "") -> None:
    """Approves exactly the rows that were submitted; `digest` is the one that was shown.

    A batch that needs two controllers stays submitted after the first. Raises `Refused` for the
    preparer, for the same controller again, and where a row changed since.
    """
    if batch.prepared_by_id == by.pk:
        raise Refused(_("You prepared this batch. Another person must approve it."))
    require(by, "approve_batch", batch)
    fresh, now = lock(batch), timezone.now()
    lock_payouts(fresh)
    refuse_kept(fresh.payouts.all(), by=by)
    is_first = fresh.needs_second and fresh.approved_by_id is None
    if fresh.state == "submitted":
        if fresh.approved_by_id == by.pk:
            raise Refused(_("You approved this batch already. Another controller must approve it."))
        _refuse_stale(fresh, digest)
        refuse_unready(fresh.payouts.all())
    data = {"total": fresh.total, "count": fresh.count, "digest": fresh.digest}
    if fresh.state == "submitted" and is_first:
        PayoutBatch.objects.filter(pk=fresh.pk).update(approved_by=by, approved_at=now)
        batch.approved_by, batch.approved_at = by, now
        record(batch, "approve_first", by=by, data=data)
        return
    signed = {"approved_by": by, "approved_at": now}
    if fresh.needs_second:
        signed = {"second_approved_by": by, "second_approved_at": now}
    advance(batch, "approve", by=by, data=data, **signed)
    advance_rows(fresh.payouts.all(), "approve", by=by, case=Payout.CASE)


@transaction.atomic
def reject_batch(batch: PayoutBatch, *, by, reason: str) -> None:
    """Sends a batch back to its preparer; nothing of it is approved any more."""
    require(by, "approve_batch", batch)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    approved = lock(batch).payouts.filter(state="approved")
    advance_rows(approved, "recall", by=by, case=Payout.CASE)
    advance(batch, "reject", by=by, digest="", data={"reason": reason}, **UNSIGNED)


@transaction.atomic
def recall_payout(payout: Payout, *, by, reason: str) -> None:
    """Takes one payout out of a batch that was submitted or approved, with a comment.

    The rest is what the controllers look at now: what was approved must be approved again.
    """
    require(by, "approve_batch", payout.batch)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if payout.batch is None:
        raise Refused(_("This payout is in no batch."))
    batch = lock(payout.batch)
    if batch.state not in ("submitted", "approved"):
        raise Refused(_("This batch is not waiting: nothing can be taken out of it now."))
    if batch.payouts.count() == 1:
        raise Refused(_("This is the only payout of the batch. Reject the batch instead."))
    if not batch.payouts.filter(pk=payout.pk).exists():
        raise Refused(_("This payout is in no batch."))
    data = {"reason": reason, "batch": batch.reference}
    if batch.state == "approved":
        lock_payouts(batch)
        others = batch.payouts.exclude(pk=payout.pk)
        advance_rows(others, "recall", by=by, case=Payout.CASE)
        advance(payout, "recall", by=by, data=data)
        advance(batch, "recall", by=by, data={"payout": payout.reference, **data}, **UNSIGNED)
    else:
        PayoutBatch.objects.filter(pk=batch.pk).update(**UNSIGNED)
        record(payout, "recall", by=by, data=data)
        record(batch, "recall", by=by, data={"payout": payout.reference, **data})
    Payout.objects.filter(pk=payout.pk).update(batch=None)
    count(batch)
    second, fixed = needs_second(batch), rows_digest(batch)
    PayoutBatch.objects.filter(pk=batch.pk).update(digest=fixed, needs_second=second)
    redirect(Payout.objects.filter(pk=payout.pk), by=by)
