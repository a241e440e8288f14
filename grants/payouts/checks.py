"""The books against the payouts: what `check_books` adds to the ledger's own check."""

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from grants.awards.models import Award
from grants.core.money import ZERO, MoneyField
from grants.core.snapshot import one_snapshot
from grants.ledger.checks import BooksReport, check_ledger
from grants.ledger.models import LedgerAccount, Place
from grants.payouts.lifecycle import IN_FLIGHT
from grants.payouts.models import Payout, PayoutBatch

PLACES = {
    Place.PAYABLE: ("due", "approved", "held", "failed", "returned"),
    Place.PAID: ("paid",),
}


def _balance(place: str, owner: str):
    rows = LedgerAccount.objects.filter(place=place, owner=OuterRef(owner)).values("balance")
    return Coalesce(Subquery(rows[:1]), ZERO, output_field=MoneyField())


def _sum_of(payouts) -> Coalesce:
    return Coalesce(Subquery(payouts), ZERO, output_field=MoneyField())


@one_snapshot()
def check_books() -> BooksReport:
    """Recomputes the ledger and matches awards, payouts, attempts and batches with it.

    All as of one instant, so that money that moves meanwhile is no difference.
    """
    report = check_ledger()
    for place, states in PLACES.items():
        expected = (
            Payout.objects.filter(milestone__award=OuterRef("pk"), state__in=states)
            .order_by()
            .values("milestone__award")
            .annotate(total=Sum("gross"))
            .values("total")
        )
        awards = Award.objects.annotate(
            booked=_balance(place, "reference"), expected=_sum_of(expected)
        )
        for award in awards.order_by("pk").iterator():
            if award.booked != award.expected:
                report.differences.append(
                    f"award {award}: {place} holds {award.booked}, payouts say {award.expected}"
                )
    _check_batches(report)
    _check_attempts(report)
    return report


def _check_batches(report: BooksReport) -> None:
    expected = (
        Payout.objects.filter(batch=OuterRef("pk"), state__in=IN_FLIGHT)
        .order_by()
        .values("batch")
        .annotate(total=Sum("gross"))
        .values("total")
    )
    batches = PayoutBatch.objects.annotate(
        booked=_balance(Place.IN_TRANSIT, "reference"), expected=_sum_of(expected)
    )
    for batch in batches.order_by("pk").iterator():
        if batch.booked != batch.expected:
            report.differences.append(
                f"batch {batch}: in transit {batch.booked}, payouts say {batch.expected}"
            )


def _check_attempts(report: BooksReport) -> None:
    paid = Payout.objects.filter(state="paid").exclude(attempts__state="succeeded")
    for payout in paid.order_by("pk").iterator():
        report.differences.append(f"payout {payout}: paid without an attempt that succeeded")
    unpaid = Payout.objects.exclude(state__in=["paid", "returned"]).filter(
        attempts__state="succeeded"
    )
    for payout in unpaid.order_by("pk").iterator():
        report.differences.append(f"payout {payout}: {payout.state}, but an attempt succeeded")
