"""Payouts on their way out, and the clock turned forward for them."""

from datetime import timedelta

from grants.ledger.models import LedgerAccount
from grants.payouts.checks import check_books
from grants.payouts.clock import database_now
from grants.payouts.models import PaymentAttempt, Payout, RailHealth
from grants.payouts.services.sending import ask_open
from tests import cast

PAST = timedelta(seconds=1)


def released(*owners: str) -> list[Payout]:
    """One payout of each owner, released to the rail in one batch."""
    payouts = [
        cast.due_payout(owner, round=cast.open_round(f"round-{owner}"))
        for owner in owners or ("applicant",)
    ]
    cast.released_batch(*payouts)
    return payouts


def standing() -> list[tuple[str, str]]:
    """The state of each payout and of its last attempt."""
    return [
        (payout.state, payout.attempts.order_by("pk").last().state)
        for payout in Payout.objects.order_by("pk")
    ]


def later() -> None:
    """Every question is due now, and the pause of every rail is over."""
    PaymentAttempt.objects.update(next_ask_at=database_now() - PAST)
    RailHealth.objects.filter(retry_at__isnull=False).update(retry_at=database_now() - PAST)


def expire_leases() -> None:
    leased = PaymentAttempt.objects.filter(lease_until__isnull=False)
    leased.update(lease_until=database_now() - PAST)


def ask() -> int:
    later()
    return ask_open()


def balance(place: str) -> str:
    return str(sum(LedgerAccount.objects.filter(place=place).values_list("balance", flat=True)))


def places() -> dict[str, str]:
    names = ("committed", "payable", "in_transit", "paid")
    return {name: balance(name) for name in names if LedgerAccount.objects.filter(place=name)}


def differences() -> list[str]:
    return check_books().differences
