"""A small set of books, and raw SQL that tries to break them."""

from decimal import Decimal

from django.db import connection, transaction

from grants.ledger.models import LedgerAccount, Place
from grants.ledger.services import account, move

CURRENCY = "CNY"


def place(name: str, owner: str = "tests", currency: str = CURRENCY) -> LedgerAccount:
    return account(name, owner, currency=currency)


def funded(amount: str = "100.00") -> tuple[LedgerAccount, LedgerAccount]:
    """Capital and available, with `amount` available."""
    capital, available = place(Place.CAPITAL), place(Place.AVAILABLE)
    move("capital", Decimal(amount), source=capital, target=available, memo="capital")
    return capital, available


def balance(row: LedgerAccount) -> Decimal:
    return LedgerAccount.objects.get(pk=row.pk).balance


def check_now() -> None:
    """Checks at once what else would be checked at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def raw(statement: str, *params) -> None:
    """One statement in a savepoint, with everything that is checked at commit checked now."""
    check_now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        check_now()


def tamper(statement: str, *params) -> None:
    """One statement as somebody who may switch the triggers off."""
    check_now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
