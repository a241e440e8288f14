"""The books against the grants: what `check_books` adds to the ledger's own check."""

from django.db import connection

from grants.core.snapshot import one_snapshot
from grants.ledger.checks import BooksReport, check_ledger
from grants.payouts.differences import QUERIES

# A few queries over everything, each of which gives back next to nothing: hash tables stay in
# memory, compiling costs more than it saves, an index is read in order, and rows that workers hand
# over are none, whatever the planner expects.
OVER_EVERYTHING = """
    SET LOCAL work_mem = '256MB';
    SET LOCAL jit = off;
    SET LOCAL random_page_cost = 1.1;
    SET LOCAL parallel_tuple_cost = 0;
"""


@one_snapshot()
def check_books() -> BooksReport:
    """Recomputes the ledger and matches funds, awards, payouts, attempts and events with it.

    All as of one instant, so that money that moves meanwhile is no difference.
    """
    with connection.cursor() as cursor:
        cursor.execute(OVER_EVERYTHING)
        report = check_ledger()
        for sentence, query in QUERIES:
            cursor.execute(query)
            names = [column.name for column in cursor.description]
            report.differences += [
                sentence.format(**dict(zip(names, row, strict=True))) for row in cursor
            ]
    return report
