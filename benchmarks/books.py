"""`check_books` against plain sums over the same postings.

Two postings an entry and one event an entry, as in life, over 5,000 accounts. The floor is plain
SQL: the balance of every account and of every entry recomputed from the postings. It compares
nothing with accounts, entries or events, and reads none of them; the check does.
"""

from pathlib import Path

from django.db import connection, transaction

from benchmarks.run import Line, analyze, timed
from grants.payouts.checks import check_books
from tests import cast

POSTINGS = 1_000_000
# Written as by somebody who may switch the triggers off, because writing is not what is measured.
BOOKS = """
SET LOCAL session_replication_role = replica;
INSERT INTO grants_ledgeraccount (place, owner, currency, balance)
SELECT 'capital', 'bench-' || n, 'CNY', 0 FROM generate_series(0, 4999) n;
WITH first AS (SELECT min(id) AS id FROM grants_ledgeraccount WHERE owner = 'bench-0'),
event AS (
    INSERT INTO grants_event (at, kind, thing_type, thing_id, reference, "case", from_state,
                              to_state, data)
    SELECT now(), 'payout.settle', 'payout', n, 'PAY-2026-' || n, '', 'sending', 'paid',
           jsonb_build_object('net', n % 500 + 1, 'number', 'PAY-2026-' || n || '-1')
      FROM generate_series(1, {entries}) n
    RETURNING id, thing_id::integer AS n),
entry AS (
    INSERT INTO grants_journalentry (reference, memo, amount, posting_count, currency, at,
                                     event_id)
    SELECT 'bench:' || n, 'bench', n % 500 + 1, 2, 'CNY', now(), id FROM event
    RETURNING id, amount)
INSERT INTO grants_posting (entry_id, account_id, amount)
SELECT e.id, first.id + (e.id + side) % 5000, CASE side WHEN 0 THEN e.amount ELSE -e.amount END
  FROM entry e, first, generate_series(0, 1) side;
UPDATE grants_ledgeraccount a SET balance = a.balance + s.total FROM
 (SELECT account_id, sum(amount) AS total FROM grants_posting GROUP BY account_id) s
 WHERE s.account_id = a.id AND a.owner LIKE 'bench-%';
"""
SUMS = (
    "SELECT account_id, sum(amount) FROM grants_posting GROUP BY account_id",
    "SELECT entry_id, sum(amount), count(*) FROM grants_posting GROUP BY entry_id"
    " HAVING sum(amount) <> 0",
)


def add_up() -> None:
    with connection.cursor() as cursor:
        for statement in SUMS:
            cursor.execute(statement)
            cursor.fetchall()


def check() -> None:
    differences = check_books().differences
    if differences:
        raise AssertionError(differences[:3])


def against_floor(folder: Path, scale: float) -> Line:
    postings = max(int(POSTINGS * scale), 20_000)
    cast.fund()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BOOKS.replace("{entries}", str(postings // 2)))
    analyze()
    check(), add_up()
    rounds = [(timed(check), timed(add_up)) for _ in range(5)]  # what else runs meets both
    ours, floor = (min(times) for times in zip(*rounds, strict=True))
    return Line(
        f"check_books over {postings:,} postings",
        f"{ours:.2f} s",
        f"{floor:.2f} s",
        ours / floor,
        3,
        is_least=False,
    )
