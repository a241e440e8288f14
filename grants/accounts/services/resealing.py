"""Sealing identity numbers anew, after another key was put first."""

from dataclasses import dataclass

from django.db import transaction

from grants.accounts.models import Organisation
from grants.core.crypto import CannotOpen, is_sealed_by_first_key

CHUNK = 500


@dataclass(frozen=True)
class Resealed:
    """One chunk: how many were sealed anew, which do not open, and where to go on from."""

    done: int
    closed: list[int]
    last: int | None


@transaction.atomic
def reseal_identities(*, after: int | None = None, limit: int = CHUNK) -> Resealed:
    """As `reseal_payees` for the identity numbers; numbers and their indexes stay the same."""
    rows = Organisation.objects.exclude(identity_sealed="").order_by("pk")
    done, closed, last = 0, [], None
    for organisation in rows.filter(pk__gt=after or 0).select_for_update(no_key=True)[:limit]:
        last = organisation.pk
        if is_sealed_by_first_key(organisation.identity_sealed):
            continue
        try:
            organisation.reseal_identity()
        except CannotOpen:
            closed.append(organisation.pk)
            continue
        organisation.save(update_fields=["identity_sealed"])
        done += 1
    return Resealed(done, closed, last)
