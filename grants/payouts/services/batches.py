"""Batches: prepared by one person, approved by another (approving.py), released (releasing.py)."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import ZERO
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import account
from grants.payouts.models import Payout, PayoutBatch, RailName
from grants.payouts.services.payees import redirect
from grants.payouts.services.readiness import refuse_kept, refuse_unready, refuse_without_bank


def batch_account(batch: PayoutBatch, currency: str):
    return account(Place.IN_TRANSIT, batch.reference, currency=currency)


def lock_payouts(batch: PayoutBatch) -> set[str]:
    """Locks the payouts of the batch in the order of their keys; the states that they are in."""
    rows = batch.payouts.select_for_update(of=("self",)).order_by("pk")
    return set(rows.values_list("state", flat=True))


def rows_digest(batch: PayoutBatch) -> str:
    """The digest of what an approval approves: each payout with payee, account and amounts."""
    rows = batch.payouts.order_by("pk").values_list(
        "reference", "payee_id", "payee__account_index", "gross", "withheld", "net"
    )
    return digest([list(row) for row in rows])


def rails_to_choose() -> list[str]:
    """The ways by which a new batch may go: the rail of the settings first."""
    return [settings.PAYOUT_RAIL, RailName.BANK_FILE.value]


@transaction.atomic
def prepare_batch(payouts: Sequence[Payout], *, by, rail: str | None = None) -> PayoutBatch:
    """Puts due payouts into a new batch, by default for the rail of the settings.

    Raises `Refused` where one of them is no longer free, or where the rail does not reach a payee.
    """
    require(by, "prepare_batch")
    rail = rail or settings.PAYOUT_RAIL
    if rail not in rails_to_choose():
        raise Refused(_("Payouts cannot be sent this way."), field="rail")
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
    refuse_kept(Payout.objects.filter(pk__in=wanted), by=by)
    refuse_unready(Payout.objects.filter(pk__in=wanted))
    if rail == RailName.BANK_FILE:
        refuse_without_bank(Payout.objects.filter(pk__in=wanted))
    batch = PayoutBatch.objects.create(reference=next_reference("BAT"), rail=rail, prepared_by=by)
    Payout.objects.filter(pk__in=wanted).update(batch=batch)
    count(batch)
    record(
        batch,
        "prepare",
        by=by,
        data={"payouts": [row.reference for row in rows], "total": batch.total},
        to_state=batch.state,
    )
    return batch


def count(batch: PayoutBatch) -> None:
    """Writes how many payouts the batch has and their sum."""
    batch.count = batch.payouts.count()
    batch.total = batch.payouts.aggregate(total=Sum("net", default=ZERO))["total"]
    batch.save(update_fields=["count", "total"])


@transaction.atomic
def take_out(payout: Payout, *, by, reason: str) -> None:
    """Takes one payout out of a batch that is still being prepared."""
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
    count(batch)
    record(payout, "recall", by=by, data={"reason": reason, "batch": batch.reference})
    redirect(Payout.objects.filter(pk=payout.pk), by=by)


@transaction.atomic
def submit_batch(batch: PayoutBatch, *, by) -> None:
    """Hands a batch to the controllers; fixes total, count and digest of its rows.

    Two of them must approve it where one fund's part is above what the fund leaves to one.
    """
    require(by, "prepare_batch", batch)
    lock(batch)
    if not batch.payouts.exists():
        raise Refused(_("This batch is empty."))
    refuse_kept(batch.payouts.all(), by=by)
    refuse_unready(batch.payouts.all())
    count(batch)
    fixed, second = rows_digest(batch), needs_second(batch)
    data = {"total": batch.total, "count": batch.count, "digest": fixed, "needs_second": second}
    now = timezone.now()
    advance(batch, "submit", by=by, submitted_at=now, digest=fixed, needs_second=second, data=data)


def needs_second(batch: PayoutBatch) -> bool:
    fund = "milestone__award__application__round__program__fund"
    sums = (
        batch.payouts.filter(**{f"{fund}__second_approval_above__isnull": False})
        .order_by()
        .values(f"{fund}__second_approval_above")
        .annotate(total=Sum("net"))
    )
    return any(row["total"] > row[f"{fund}__second_approval_above"] for row in sums)


@transaction.atomic
def cancel_batch(batch: PayoutBatch, *, by) -> None:
    """Dissolves an open batch; its payouts are free again."""
    require(by, "prepare_batch", batch)
    advance(batch, "cancel", by=by)
    freed = list(batch.payouts.values_list("pk", flat=True))
    batch.payouts.update(batch=None)
    redirect(Payout.objects.filter(pk__in=freed), by=by)


def finish_if_settled(batch: PayoutBatch) -> None:
    """Finishes a released batch once no payout of it is under way. Finished is not success."""
    batch = lock(batch)
    if (
        batch.state == "released"
        and not batch.payouts.filter(state__in=["sending", "sent", "unknown", "approved"]).exists()
    ):
        advance(batch, "finish", by=None)
