"""Payouts and batches against the books, their milestones and what was approved."""

IN_TRANSIT = """
    WITH moving AS (
        SELECT batch_id, sum(gross) AS amount FROM grants_payout
         WHERE state IN ('sending', 'sent', 'unknown') GROUP BY batch_id)
    SELECT batch.reference AS batch, coalesce(account.balance, 0.00) AS held,
           coalesce(moving.amount, 0.00) AS said
      FROM grants_payoutbatch batch
      LEFT JOIN moving ON moving.batch_id = batch.id
      LEFT JOIN grants_ledgeraccount account
        ON account.place = 'in_transit' AND account.owner = batch.reference
     WHERE coalesce(account.balance, 0) <> coalesce(moving.amount, 0) ORDER BY batch.id
"""
PAID_WITHOUT = """
    SELECT payout.reference AS payout FROM grants_payout payout
     WHERE payout.state = 'paid' AND NOT EXISTS (
           SELECT 1 FROM grants_paymentattempt attempt
            WHERE attempt.payout_id = payout.id AND attempt.state = 'succeeded')
     ORDER BY payout.id
"""
SUCCEEDED_ONLY = """
    SELECT DISTINCT payout.id, payout.reference AS payout, payout.state
      FROM grants_paymentattempt attempt
      JOIN grants_payout payout ON payout.id = attempt.payout_id
     WHERE attempt.state = 'succeeded' AND payout.state NOT IN ('paid', 'returned')
     ORDER BY payout.id
"""
AMOUNT = """
    SELECT payout.reference AS payout, payout.gross, milestone.amount AS said
      FROM grants_payout payout JOIN grants_milestone milestone
        ON milestone.id = payout.milestone_id
     WHERE payout.gross <> milestone.amount ORDER BY payout.id
"""
UNACCEPTED = """
    SELECT payout.reference AS payout, milestone.state AS state
      FROM grants_payout payout JOIN grants_milestone milestone
        ON milestone.id = payout.milestone_id
     WHERE payout.state <> 'cancelled' AND milestone.state <> 'accepted' ORDER BY payout.id
"""
PAYEE = """
    SELECT payout.reference AS payout
      FROM grants_payout payout
      JOIN grants_payee payee ON payee.id = payout.payee_id
      JOIN grants_milestone milestone ON milestone.id = payout.milestone_id
      JOIN grants_award award ON award.id = milestone.award_id
      JOIN grants_application application ON application.id = award.application_id
     WHERE payee.organisation_id <> application.organisation_id ORDER BY payout.id
"""
UNAPPROVED = """
    SELECT payout.reference AS payout, payout.state
      FROM grants_payout payout LEFT JOIN grants_payoutbatch batch ON batch.id = payout.batch_id
     WHERE payout.state IN ('approved', 'sending', 'sent', 'unknown', 'paid')
       AND (batch.id IS NULL OR batch.approved_by_id IS NULL
            OR batch.state NOT IN ('approved', 'released', 'finished'))
     ORDER BY payout.id
"""
# The payouts that an approval named: those still in the batch, and those that went on from it
# after an attempt. Their digest can be told again while all of them are still there
# (as `services.batches.rows_digest`).
APPROVED = """
    approved AS (
        SELECT * FROM grants_payoutbatch WHERE state IN ('approved', 'released', 'finished')),
    named AS (
        SELECT payout.batch_id, payout.id, payout.net, TRUE AS stays
          FROM grants_payout payout JOIN approved ON approved.id = payout.batch_id
         UNION
        SELECT attempt.batch_id, payout.id, payout.net, FALSE
          FROM grants_paymentattempt attempt
          JOIN grants_payout payout ON payout.id = attempt.payout_id
         WHERE payout.batch_id IS DISTINCT FROM attempt.batch_id),
    counted AS (
        SELECT batch_id, sum(net) AS total, count(*) AS count, bool_and(stays) AS stay
          FROM named GROUP BY batch_id)
"""
TOTAL = f"""
    WITH {APPROVED}
    SELECT approved.reference AS batch, approved.count, approved.total,
           coalesce(counted.count, 0) AS rows, coalesce(counted.total, 0.00) AS said
      FROM approved LEFT JOIN counted ON counted.batch_id = approved.id
     WHERE (approved.count, approved.total)
           IS DISTINCT FROM (coalesce(counted.count, 0), coalesce(counted.total, 0.00))
     ORDER BY approved.id
"""
DIGEST = f"""
    WITH {APPROVED}, digests AS (
        SELECT payout.batch_id, encode(sha256(convert_to('[' || string_agg(
                   '["' || concat_ws('","', payout.reference, payout.payee_id,
                       payee.account_index, payout.gross, payout.withheld, payout.net) || '"]',
                   ',' ORDER BY payout.id) || ']', 'UTF8')), 'hex') AS digest
          FROM grants_payout payout
          JOIN grants_payee payee ON payee.id = payout.payee_id
          JOIN counted ON counted.batch_id = payout.batch_id AND counted.stay
         GROUP BY payout.batch_id)
    SELECT approved.reference AS batch
      FROM approved JOIN digests ON digests.batch_id = approved.id
     WHERE approved.digest <> digests.digest ORDER BY approved.id
"""
BY_ONE = """
    SELECT reference AS batch FROM grants_payoutbatch
     WHERE approved_by_id = prepared_by_id OR second_approved_by_id IN
           (prepared_by_id, approved_by_id) ORDER BY id
"""
NAMED_BY_ONE = """
    SELECT id AS payee FROM grants_payee WHERE verified_by_id = named_by_id ORDER BY named_at
"""

QUERIES = [
    ("batch {batch}: in transit {held}, payouts say {said}", IN_TRANSIT),
    ("payout {payout}: paid without an attempt that succeeded", PAID_WITHOUT),
    ("payout {payout}: {state}, but an attempt succeeded", SUCCEEDED_ONLY),
    ("payout {payout}: gross {gross}, its milestone is of {said}", AMOUNT),
    ("payout {payout}: its milestone is {state}", UNACCEPTED),
    ("payout {payout}: its payee belongs to another organisation", PAYEE),
    ("payout {payout}: {state} without an approved batch", UNAPPROVED),
    ("batch {batch}: {count} payouts of {total} approved, there are {rows} of {said}", TOTAL),
    ("batch {batch}: its payouts are not those that were approved", DIGEST),
    ("batch {batch}: prepared and approved by one person", BY_ONE),
    ("payee {payee}: named and verified by one person", NAMED_BY_ONE),
]
