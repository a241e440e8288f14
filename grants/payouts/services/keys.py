"""Sealing the payees' accounts anew, after another key was put first."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from grants.core.crypto import CannotOpen, is_sealed_by_first_key
from grants.payouts.models import Payee

CHUNK = 500


@dataclass(frozen=True)
class Resealed:
    """One chunk: how many were sealed anew, which do not open, and where to go on from."""

    done: int
    closed: list[UUID]
    last: UUID | None


@transaction.atomic
def reseal_payees(*, after: UUID | None = None, limit: int = CHUNK) -> Resealed:
    """Seals up to `limit` accounts under the first key; those under it already stay as they are.

    `last` is None when nothing is left. Accounts and their blind indexes stay the same. What does
    not open (its key is gone, or it was altered) is left alone and named.
    """
    rows = Payee.objects.select_for_update(no_key=True).order_by("pk")
    if after:
        rows = rows.filter(pk__gt=after)
    done, closed, last = 0, [], None
    for payee in rows[:limit]:
        last = payee.pk
        if is_sealed_by_first_key(payee.account_sealed):
            continue
        try:
            payee.reseal_account()
        except CannotOpen:
            closed.append(payee.pk)
            continue
        payee.save(update_fields=["account_sealed"])
        done += 1
    return Resealed(done, closed, last)
