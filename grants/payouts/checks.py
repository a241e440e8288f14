"""The books against the grants: what `check_books` adds to the ledger's own check."""

from django.db import connection

from grants.core.snapshot import one_snapshot
from grants.ledger.checks import BooksReport, check_ledger
from grants.payouts.differences import QUERIES


@one_snapshot()
def check_books() -> BooksReport:
    """Recomputes the ledger and matches funds, awards, payouts, attempts and events with it.

    All as of one instant, so that money that moves meanwhile is no difference.
    """
    with connection.cursor() as cursor:
        # A few queries over everything: hash tables stay in memory, and compiling costs more than
        # it saves.
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
        report = check_ledger()
        for sentence, query in QUERIES:
            cursor.execute(query)
            names = [column.name for column in cursor.description]
            report.differences += [
                sentence.format(**dict(zip(names, row, strict=True))) for row in cursor
            ]
    return report
