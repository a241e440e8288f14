"""Funds, rounds, awards and milestones against the books."""

# What an award gave back: waived milestones, what was left when it was declined or ended, and
# payouts that were cancelled after that.
GIVEN_BACK = """
    given_back AS (
        SELECT award.id AS award_id,
               coalesce(waived.amount, 0) + coalesce(entry.amount, 0)
                   + coalesce(cancelled.amount, 0) AS amount
          FROM grants_award award
          LEFT JOIN (SELECT award_id, sum(amount) AS amount FROM grants_milestone
                      WHERE state = 'waived' GROUP BY award_id) waived
            ON waived.award_id = award.id
          LEFT JOIN (SELECT milestone.award_id, sum(entry.amount) AS amount
                       FROM grants_payout payout
                       JOIN grants_milestone milestone ON milestone.id = payout.milestone_id
                       JOIN grants_journalentry entry
                         ON entry.reference = 'payout:' || payout.reference || ':give-back'
                      WHERE payout.state = 'cancelled' GROUP BY milestone.award_id) cancelled
            ON cancelled.award_id = award.id
          LEFT JOIN grants_journalentry entry
            ON entry.reference = 'award:' || award.reference
               || CASE award.state WHEN 'declined' THEN ':decline' ELSE ':terminate' END)
"""
CLAIMED = """
    claimed AS (
        SELECT milestone.award_id,
               sum(payout.gross) AS amount,
               coalesce(sum(payout.gross) FILTER (WHERE payout.state IN
                   ('due', 'approved', 'held', 'failed', 'returned')), 0.00) AS payable,
               coalesce(sum(payout.gross) FILTER (WHERE payout.state = 'paid'), 0.00) AS paid
          FROM grants_payout payout JOIN grants_milestone milestone
            ON milestone.id = payout.milestone_id
         WHERE payout.state <> 'cancelled' GROUP BY milestone.award_id)
"""


PLACES = f"""
    WITH {CLAIMED}, {GIVEN_BACK}, held AS (
        SELECT owner, coalesce(sum(balance) FILTER (WHERE place = 'payable'), 0.00) AS payable,
               coalesce(sum(balance) FILTER (WHERE place = 'paid'), 0.00) AS paid,
               coalesce(sum(balance) FILTER (WHERE place = 'committed'), 0.00) AS committed
          FROM grants_ledgeraccount
         WHERE place IN ('payable', 'paid', 'committed') GROUP BY owner)
    SELECT award.reference AS award, place.name AS place, place.held, place.words, place.said
      FROM grants_award award
      JOIN given_back ON given_back.award_id = award.id
      LEFT JOIN claimed ON claimed.award_id = award.id
      LEFT JOIN held ON held.owner = award.reference
     CROSS JOIN LATERAL (VALUES
           (1, 'payable', coalesce(held.payable, 0.00), 'payouts say',
            coalesce(claimed.payable, 0.00)),
           (2, 'paid', coalesce(held.paid, 0.00), 'payouts say', coalesce(claimed.paid, 0.00)),
           (3, 'committed', coalesce(held.committed, 0.00), 'its payouts leave',
            CASE award.state WHEN 'declined' THEN 0.00
                ELSE award.amount - given_back.amount - coalesce(claimed.amount, 0) END)
           ) AS place (ordinal, name, held, words, said)
     WHERE place.held <> place.said ORDER BY award.id, place.ordinal
"""
ALLOCATED = f"""
    WITH {GIVEN_BACK}, committed AS (
        SELECT application.round_id, sum(award.amount - given_back.amount) AS amount
          FROM grants_award award
          JOIN given_back ON given_back.award_id = award.id
          JOIN grants_application application ON application.id = award.application_id
         GROUP BY application.round_id), expected AS (
        SELECT round.id, round.slug AS round, coalesce(account.balance, 0.00) AS held,
               CASE round.state WHEN 'draft' THEN 0.00 ELSE round.budget END
                   - coalesce(committed.amount, 0) AS said
          FROM grants_round round
          LEFT JOIN committed ON committed.round_id = round.id
          LEFT JOIN grants_ledgeraccount account
            ON account.place = 'allocated' AND account.owner = round.slug)
    SELECT round, held, said FROM expected WHERE held <> said ORDER BY id
"""
AVAILABLE = """
    WITH budgets AS (
        SELECT program.fund_id, sum(round.budget) AS amount
          FROM grants_round round JOIN grants_program program ON program.id = round.program_id
         WHERE round.state <> 'draft' GROUP BY program.fund_id), expected AS (
        SELECT fund.id, fund.slug AS fund, coalesce(account.balance, 0.00) AS held,
               fund.capital - coalesce(budgets.amount, 0) AS said
          FROM grants_fund fund
          LEFT JOIN budgets ON budgets.fund_id = fund.id
          LEFT JOIN grants_ledgeraccount account
            ON account.place = 'available' AND account.owner = fund.slug)
    SELECT fund, held, said FROM expected WHERE held <> said ORDER BY id
"""
DECIDED = """
    SELECT award.reference AS award, award.amount, coalesce(decision.amount, 0.00) AS said
      FROM grants_award award JOIN grants_decision decision ON decision.id = award.decision_id
     WHERE decision.amount IS DISTINCT FROM award.amount ORDER BY award.id
"""
UNDECIDED = """
    SELECT award.reference AS award, decision.state AS state
      FROM grants_award award JOIN grants_decision decision ON decision.id = award.decision_id
     WHERE decision.state NOT IN ('confirmed', 'released') OR decision.outcome <> 'award'
        OR decision.application_id <> award.application_id ORDER BY award.id
"""
UNPROMISED = """
    SELECT application.reference AS application
      FROM grants_decision decision
      JOIN grants_application application ON application.id = decision.application_id
      LEFT JOIN grants_award award ON award.decision_id = decision.id
     WHERE decision.outcome = 'award' AND decision.state IN ('confirmed', 'released')
       AND award.id IS NULL ORDER BY decision.id
"""
ALONE = """
    SELECT application.reference AS application
      FROM grants_decision decision
      JOIN grants_application application ON application.id = decision.application_id
     WHERE decision.confirmed_by_id = decision.proposed_by_id ORDER BY decision.id
"""
PLANNED = """
    SELECT award.reference AS award, award.amount,
           coalesce(sum(milestone.amount), 0.00) AS said
      FROM grants_award award LEFT JOIN grants_milestone milestone
        ON milestone.award_id = award.id
     WHERE award.state NOT IN ('offered', 'declined')
     GROUP BY award.id HAVING award.amount <> coalesce(sum(milestone.amount), 0)
     ORDER BY award.id
"""

QUERIES = [
    ("award {award}: {place} holds {held}, {words} {said}", PLACES),
    ("round {round}: allocated holds {held}, its awards leave {said}", ALLOCATED),
    ("fund {fund}: available holds {held}, its rounds leave {said}", AVAILABLE),
    ("award {award}: amount {amount}, its decision says {said}", DECIDED),
    ("award {award}: its decision is {state}, or of another case", UNDECIDED),
    ("decision on {application}: an award was confirmed, and there is none", UNPROMISED),
    ("decision on {application}: proposed and confirmed by one person", ALONE),
    ("award {award}: amount {amount}, its milestones sum to {said}", PLANNED),
]
