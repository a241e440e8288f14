"""Moves money between places. Every move is one journal entry under a unique reference."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.money import to_fen
from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting


class ReferenceTaken(Exception):
    """The reference was used before, for another amount or other accounts."""


def account(place: str, owner: str, *, currency: str) -> LedgerAccount:
    """The account of one place and owner, made at its first use."""
    found, _created = LedgerAccount.objects.get_or_create(
        place=place, owner=owner, defaults={"currency": currency}
    )
    return found


def lock_all(accounts: Iterable[LedgerAccount]) -> dict[int, LedgerAccount]:
    """The accounts by id, locked in one order. For a transaction of several entries: all first."""
    rows = LedgerAccount.objects.select_for_update().filter(pk__in=[row.pk for row in accounts])
    return {row.pk: row for row in rows.order_by("pk")}


@transaction.atomic
def post(
    reference: str, legs: Iterable[tuple[LedgerAccount, Decimal]], *, memo: str, event=None
) -> JournalEntry:
    """Books one entry: `legs` are (account, signed amount) that sum to zero.

    The same reference again is a no-op that returns the first entry. Accounts are locked by id, so
    that two writers never deadlock. Raises `Refused` where a place does not hold the money,
    `ReferenceTaken` where the reference stands for another move.
    """
    legs = [(leg, to_fen(amount)) for leg, amount in legs]
    if sum(amount for _leg, amount in legs) != 0 or not all(amount for _leg, amount in legs):
        raise ValueError("the legs of an entry sum to zero, and none of them is zero")
    locked = lock_all(leg for leg, _amount in legs)
    first = JournalEntry.objects.filter(reference=reference).first()
    if first:
        booked = {(row.account_id, row.amount) for row in first.postings.all()}
        if booked != {(leg.pk, amount) for leg, amount in legs}:
            raise ReferenceTaken(reference)
        return first
    for leg, amount in legs:
        _refuse_overdraft(locked[leg.pk], amount)
    entry = JournalEntry(
        reference=reference,
        memo=memo,
        amount=sum(amount for _leg, amount in legs if amount > 0),
        posting_count=len(legs),
        currency=legs[0][0].currency,
        event=event,
    )
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:  # somebody booked it a moment ago, over accounts that are not locked
        raise ReferenceTaken(reference) from None
    Posting.objects.bulk_create(
        Posting(entry=entry, account=leg, amount=amount) for leg, amount in legs
    )
    return entry


def _refuse_overdraft(row: LedgerAccount, amount: Decimal) -> None:
    if row.place != Place.CAPITAL and row.balance + amount < 0:
        raise Refused(
            _("There is not enough money: %(place)s holds ¥%(balance)s, ¥%(amount)s is needed.")
            % {
                "place": Place(row.place).label,
                "balance": f"{row.balance:,.2f}",
                "amount": f"{-amount:,.2f}",
            }
        )


def move(
    reference: str,
    amount: Decimal,
    *,
    source: LedgerAccount,
    target: LedgerAccount,
    memo: str,
    event=None,
) -> JournalEntry:
    """Moves `amount`, which is more than zero, from one account to another. As `post`."""
    if amount <= 0:
        raise ValueError("a move is of more than zero")
    return post(reference, [(source, -amount), (target, amount)], memo=memo, event=event)


@transaction.atomic
def move_all(
    reference: str, *, source: LedgerAccount, target: LedgerAccount, memo: str, event=None
) -> JournalEntry | None:
    """Moves all that `source` holds; None where it holds nothing. As `post`."""
    held = lock_all([source, target])[source.pk].balance
    if held <= 0:
        return None
    return move(reference, held, source=source, target=target, memo=memo, event=event)
