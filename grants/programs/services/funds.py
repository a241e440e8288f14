"""Funds and the programs in them: founding, words, limits."""

from django.db import transaction

from grants.core.policy import require
from grants.events.services import record
from grants.ledger.models import Place
from grants.ledger.services import account, move
from grants.programs.models import Fund, Program


def fund_account(fund: Fund, place: str):
    return account(place, fund.slug, currency=fund.currency)


@transaction.atomic
def found_fund(fund: Fund, *, by) -> Fund:
    """Saves a new fund and books its capital as available."""
    require(by, "found_fund")
    fund.save()
    event = record(fund, "create", by=by, data={"capital": fund.capital})
    move(
        f"fund:{fund.slug}:capital",
        fund.capital,
        source=fund_account(fund, Place.CAPITAL),
        target=fund_account(fund, Place.AVAILABLE),
        memo="capital",
        event=event,
    )
    return fund


@transaction.atomic
def create_program(program: Program, *, by) -> Program:
    require(by, "change_round")
    program.save()
    record(program, "create", by=by, data={"name": program.name_zh})
    return program


@transaction.atomic
def change_texts(thing: Fund | Program, *, by, changed: list[str]) -> None:
    """Saves the changed texts of a fund or a program and records which they are."""
    require(by, "change_round")
    thing.save(update_fields=changed)
    record(thing, "change", by=by, data={"changed": changed})


@transaction.atomic
def change_limits(fund: Fund, *, by, changed: list[str]) -> None:
    """Saves the fund's limits for payouts; what was submitted before keeps its own."""
    require(by, "set_limits", fund)
    fund.save(update_fields=changed)
    record(fund, "limit", by=by, data={name: getattr(fund, name) for name in changed})
