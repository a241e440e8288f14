"""Releasing batches: against the same rows written by set-based SQL, and as they grow."""

from pathlib import Path
from random import Random
from statistics import median

from django.db import connection, transaction

from benchmarks.run import Line, analyze, timed
from grants.ledger.models import Place
from grants.payouts.models import PayoutBatch
from grants.payouts.services import approving, batches, releasing
from grants.payouts.services.batches import batch_account
from tests import cast
from tests.seeding import due_payouts

GRANTEES = 10
# The rows of `release_batch`, in its order: batch, its event, payouts, their events, attempts,
# their events, entries, postings.
FLOOR = """
UPDATE grants_payoutbatch SET state = 'released', released_at = now() WHERE id = %(batch)s;
INSERT INTO grants_event (at, kind, thing_type, thing_id, reference, "case", actor_id,
                          from_state, to_state, data)
SELECT now(), 'payoutbatch.release', 'payoutbatch', id, reference, '', %(by)s,
       'approved', 'released', '{}' FROM grants_payoutbatch WHERE id = %(batch)s;
UPDATE grants_payout SET state = 'sending', sent_at = now() WHERE batch_id = %(batch)s;
CREATE TEMPORARY TABLE way ON COMMIT DROP AS
SELECT p.id, p.reference, p.gross, a.reference AS award, c.reference AS "case"
  FROM grants_payout p
  JOIN grants_milestone m ON m.id = p.milestone_id
  JOIN grants_award a ON a.id = m.award_id
  JOIN grants_application c ON c.id = a.application_id
 WHERE p.batch_id = %(batch)s;
INSERT INTO grants_event (at, kind, thing_type, thing_id, reference, "case", actor_id,
                          from_state, to_state, data)
SELECT now(), 'payout.send', 'payout', id, reference, "case", %(by)s, 'approved', 'sending', '{}'
  FROM way;
INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code, message,
                                   rail_reference, exchange, asked, prepared_at)
SELECT id, %(batch)s, reference || '-1', 'sandbox', 'prepared', '', '', '', '[]', 0, now()
  FROM way;
INSERT INTO grants_event (at, kind, thing_type, thing_id, reference, "case", actor_id,
                          from_state, to_state, data)
SELECT now(), 'paymentattempt.prepare', 'paymentattempt', t.id, '', way."case", %(by)s,
       '', 'prepared', jsonb_build_object('number', t.number)
  FROM way JOIN grants_paymentattempt t ON t.payout_id = way.id;
INSERT INTO grants_journalentry (reference, memo, amount, posting_count, currency, event_id, at)
SELECT 'payout:' || reference || ':send:1', 'payout ' || reference || ' sent', gross, 2, 'CNY',
       (SELECT id FROM grants_event WHERE kind = 'payoutbatch.release' ORDER BY id DESC LIMIT 1),
       now() FROM way;
INSERT INTO grants_posting (entry_id, account_id, amount)
SELECT e.id, s.account_id, s.amount
  FROM way
  JOIN grants_journalentry e ON e.reference = 'payout:' || way.reference || ':send:1'
  JOIN grants_ledgeraccount l ON l.place = 'payable' AND l.owner = way.award
 CROSS JOIN LATERAL (VALUES (%(in_transit)s, gross), (l.id, -gross)) AS s (account_id, amount);
"""


def approved(count: int) -> PayoutBatch:
    payouts = due_payouts(count, grantees=min(GRANTEES, count), random=Random(count))
    batch = batches.prepare_batch(payouts, by=cast.person("finance"))
    batches.submit_batch(batch, by=cast.person("finance"))
    approving.approve_batch(batch, by=cast.person("controller"))
    analyze()
    return batch


def release(batch: PayoutBatch) -> float:
    by = cast.person("controller")
    return timed(lambda: releasing.release_batch(batch, by=by))


def release_by_sql(batch: PayoutBatch) -> float:
    values = {
        "batch": batch.pk,
        "by": cast.person("controller").pk,
        "in_transit": batch_account(batch, "CNY").pk,
    }
    # Parameters of several statements in one go: filled in by the client.
    statement = FLOOR
    for name, value in values.items():
        statement = statement.replace(f"%({name})s", str(value))

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    took = timed(write)
    _refuse_half(batch)
    return took


def _refuse_half(batch: PayoutBatch) -> None:
    """A floor that wrote less than the service would is none."""
    in_transit = batch_account(batch, "CNY")
    if (batch.attempts.count(), in_transit.balance) != (batch.count, batch.total):
        raise AssertionError(f"{batch}: {in_transit.place} {Place(in_transit.place)} is not whole")


def against_floor(folder: Path, scale: float) -> Line:
    count = 10_000
    ours, floor = zip(
        *((release(approved(count)), release_by_sql(approved(count))) for _ in range(2)),
        strict=True,
    )
    return Line(
        f"release {count:,} payouts, of set-based SQL",
        f"{min(ours):.2f} s",
        f"{min(floor):.2f} s",
        min(floor) / min(ours),
        0.4,
        is_least=True,
    )


def at_scale(folder: Path, scale: float) -> Line:
    many = max(int(100_000 * scale), 2_000)
    small = median(release(approved(1_000)) for _ in range(3)) / 1_000
    large = release(approved(many)) / many
    return Line(
        f"release, each of {many:,} against 1,000",
        f"{large * 1e6:.0f} µs",
        f"{small * 1e6:.0f} µs",
        large / small,
        1.3,
        is_least=False,
    )
