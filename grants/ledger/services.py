"""Moves money between places. Every move is one journal entry under a unique reference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.money import to_fen
from grants.core.rows import insert_for
from grants.events.models import Event
from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting


class ReferenceTaken(Exception):
    """The reference was used before, for another amount or other accounts."""


def account(place: str, owner: str, *, currency: str) -> LedgerAccount:
    """The account of one place and owner, made at its first use."""
    found, _created = LedgerAccount.objects.get_or_create(
        place=place, owner=owner, defaults={"currency": currency}
    )
    return found


def accounts_of(place: str, owners: Iterable[str], *, currency: str) -> dict[str, LedgerAccount]:
    """The accounts of one place by owner; those that are missing are made."""
    owners = set(owners)
    found = LedgerAccount.objects.filter(place=place, owner__in=owners)
    accounts = {row.owner: row for row in found}
    for owner in sorted(owners - set(accounts)):
        accounts[owner] = account(place, owner, currency=currency)
    return accounts


def lock_all(accounts: Iterable[LedgerAccount]) -> dict[int, LedgerAccount]:
    """The accounts by id, locked in one order. For a transaction of several entries: all first."""
    rows = LedgerAccount.objects.select_for_update().filter(pk__in=[row.pk for row in accounts])
    return {row.pk: row for row in rows.order_by("pk")}


@dataclass(frozen=True)
class Draft:
    """An entry to be booked: `legs` are (account, signed amount) that sum to zero."""

    reference: str
    legs: Sequence[tuple[LedgerAccount, Decimal]]
    memo: str
    event: Event | None = None
    reverses: JournalEntry | None = None


def transfer(
    reference: str,
    amount: Decimal,
    *,
    source: LedgerAccount,
    target: LedgerAccount,
    memo: str,
    event=None,
) -> Draft:
    """The draft that moves `amount`, which is more than zero, from one account to another."""
    if amount <= 0:
        raise ValueError("a move is of more than zero")
    return Draft(reference, [(source, -amount), (target, amount)], memo, event)


@transaction.atomic
def post_all(drafts: Sequence[Draft]) -> list[JournalEntry]:
    """Books entries, all or none; a reference that is booked already is a no-op.

    Accounts are locked once, by id, so that two writers never deadlock. Raises `Refused` where a
    place does not hold the money, `ReferenceTaken` where a reference stands for another move.
    """
    drafts = [replace(draft, legs=_checked(draft.legs)) for draft in drafts]
    locked = lock_all(leg for draft in drafts for leg, _amount in draft.legs)
    booked = {
        entry.reference: entry
        for entry in JournalEntry.objects.filter(
            reference__in=[draft.reference for draft in drafts]
        ).prefetch_related("postings")
    }
    balances = {pk: row.balance for pk, row in locked.items()}
    fresh: dict[str, Draft] = {}
    for draft in drafts:
        earlier = fresh.get(draft.reference)
        if draft.reference in booked:
            _refuse_other(draft, booked[draft.reference])
        elif earlier:
            if set(earlier.legs) != set(draft.legs):
                raise ReferenceTaken(draft.reference)
        else:
            fresh[draft.reference] = draft
            for leg, amount in draft.legs:
                _refuse_overdraft(locked[leg.pk], balances[leg.pk], amount)
                balances[leg.pk] += amount
    booked |= _write(list(fresh.values()))
    return [booked[draft.reference] for draft in drafts]


def _checked(legs) -> list[tuple[LedgerAccount, Decimal]]:
    legs = [(leg, to_fen(amount)) for leg, amount in legs]
    if sum(amount for _leg, amount in legs) != 0 or not all(amount for _leg, amount in legs):
        raise ValueError("the legs of an entry sum to zero, and none of them is zero")
    if len({leg.pk for leg, _amount in legs}) != len(legs):
        raise ValueError("an entry moves money between different accounts")
    return legs


def _refuse_other(draft: Draft, entry: JournalEntry) -> None:
    booked = {(row.account_id, row.amount) for row in entry.postings.all()}
    if booked != {(leg.pk, amount) for leg, amount in draft.legs}:
        raise ReferenceTaken(draft.reference)


def _write(drafts: Sequence[Draft]) -> dict[str, JournalEntry]:
    entries = [
        JournalEntry(
            reference=draft.reference,
            memo=draft.memo,
            amount=sum(amount for _leg, amount in draft.legs if amount > 0),
            posting_count=len(draft.legs),
            currency=draft.legs[0][0].currency,
            event=draft.event,
            reverses=draft.reverses,
        )
        for draft in drafts
    ]
    if not entries:
        return {}
    try:
        with transaction.atomic():
            JournalEntry.objects.bulk_create(entries)
    except IntegrityError:  # somebody booked it a moment ago, over accounts that are not locked
        raise ReferenceTaken(drafts[0].reference) from None
    Posting.objects.bulk_create(
        Posting(entry=entry, account=leg, amount=amount)
        for entry, draft in zip(entries, drafts, strict=True)
        for leg, amount in draft.legs
    )
    return {entry.reference: entry for entry in entries}


def post(
    reference: str, legs: Iterable[tuple[LedgerAccount, Decimal]], *, memo: str, event=None
) -> JournalEntry:
    """Books one entry; see `post_all`."""
    return post_all([Draft(reference, list(legs), memo, event)])[0]


def reverse(entry: JournalEntry, *, memo: str, event) -> JournalEntry:
    """Takes back a mistake: a new entry with every leg negated, once for each entry.

    The same again is a no-op. Raises `Refused` where the money has moved on meanwhile, and for an
    entry that is a reversal itself.
    """
    if entry.reverses_id:
        raise Refused(_("This entry takes back another one: it stays."))
    legs = [(row.account, -row.amount) for row in entry.postings.select_related("account")]
    return post_all([Draft(f"{entry.reference}:reversed", legs, memo, event, entry)])[0]


def _refuse_overdraft(row: LedgerAccount, balance: Decimal, amount: Decimal) -> None:
    if row.place != Place.CAPITAL and balance + amount < 0:
        raise Refused(
            _("There is not enough money: %(place)s holds ¥%(balance)s, ¥%(amount)s is needed.")
            % {
                "place": Place(row.place).label,
                "balance": f"{balance:,.2f}",
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
    draft = transfer(reference, amount, source=source, target=target, memo=memo, event=event)
    return post_all([draft])[0]


@dataclass(frozen=True)
class Side:
    """The accounts of one place; `owner` is the path from a row to the owner of its account."""

    place: str
    owner: str

    def accounts(self, rows: QuerySet, currency: str) -> dict[str, LedgerAccount]:
        owners = rows.order_by().values_list(self.owner, flat=True).distinct()
        return accounts_of(self.place, owners, currency=currency)

    def of_row(self) -> Subquery:
        found = LedgerAccount.objects.filter(place=self.place, owner=OuterRef(self.owner))
        return Subquery(found.values("pk"))


@transaction.atomic
def move_rows(
    rows: QuerySet,
    *,
    reference,
    amount: str,
    source: Side,
    target: Side,
    currency: str,
    memo,
    event,
) -> None:
    """As `move` for each of `rows`, by set-based SQL.

    `amount` is a path from a row; `reference` and `memo` are expressions over it, `event` may be
    one. Several statements read `rows`, so the move itself must not change them. Accounts are
    locked once, by id. Raises `Refused` where a place does not hold what its rows take,
    `ReferenceTaken` for a reference that was used before, for whatever move.
    """
    sources, targets = source.accounts(rows, currency), target.accounts(rows, currency)
    locked = lock_all([*sources.values(), *targets.values()])
    taken = rows.order_by().values_list(source.owner).annotate(Sum(amount))
    for owner, total in taken:
        row = locked[sources[owner].pk]
        _refuse_overdraft(row, row.balance, -total)
    rows = rows.annotate(reference_of_the_move=reference)
    told = {"reference": reference, "memo": memo, "currency": currency, "event": event}
    try:
        with transaction.atomic():
            insert_for(rows, JournalEntry, amount=F(amount), posting_count=2, **told)
    except IntegrityError as error:
        raise ReferenceTaken(str(error)) from None
    made = JournalEntry.objects.filter(reference=OuterRef("reference_of_the_move"))
    entry = Subquery(made.values("pk"))
    insert_for(rows, Posting, entry=entry, account=source.of_row(), amount=-F(amount))
    insert_for(rows, Posting, entry=entry, account=target.of_row(), amount=F(amount))


@transaction.atomic
def move_all(
    reference: str, *, source: LedgerAccount, target: LedgerAccount, memo: str, event=None
) -> JournalEntry | None:
    """Moves all that `source` holds; None where it holds nothing. As `post`."""
    held = lock_all([source, target])[source.pk].balance
    if held <= 0:
        return None
    return move(reference, held, source=source, target=target, memo=memo, event=event)
