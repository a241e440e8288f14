"""Attempts and entries against the events that tell of them."""

STANDING = """
    SELECT payout.reference AS payout, standing.count
      FROM (SELECT payout_id, count(*) AS count FROM grants_paymentattempt
             WHERE state IN ('prepared', 'accepted', 'unknown', 'succeeded')
             GROUP BY payout_id HAVING count(*) > 1) standing
      JOIN grants_payout payout ON payout.id = standing.payout_id ORDER BY payout.id
"""
SUCCEEDED = """
    SELECT payout.reference AS payout, succeeded.count
      FROM (SELECT payout_id, count(*) AS count FROM grants_paymentattempt
             WHERE state = 'succeeded' GROUP BY payout_id HAVING count(*) > 1) succeeded
      JOIN grants_payout payout ON payout.id = succeeded.payout_id ORDER BY payout.id
"""
PREPARED = """
    prepared AS (
        SELECT thing_id, count(*) AS count, min(data ->> 'number') AS number
          FROM grants_event WHERE kind = 'paymentattempt.prepare' GROUP BY thing_id)
"""
UNPREPARED = f"""
    WITH {PREPARED}
    SELECT attempt.number AS attempt
      FROM grants_paymentattempt attempt LEFT JOIN prepared
        ON prepared.thing_id = attempt.id::text
     WHERE prepared.count IS DISTINCT FROM 1 ORDER BY attempt.id
"""
RENAMED = f"""
    WITH {PREPARED}
    SELECT attempt.number AS attempt, prepared.number
      FROM grants_paymentattempt attempt JOIN prepared ON prepared.thing_id = attempt.id::text
     WHERE prepared.number <> attempt.number ORDER BY attempt.id
"""
GONE = f"""
    WITH {PREPARED}
    SELECT prepared.number AS attempt
      FROM prepared LEFT JOIN grants_paymentattempt attempt
        ON attempt.id::text = prepared.thing_id
     WHERE attempt.id IS NULL ORDER BY prepared.number
"""
PAID = """
    SELECT * FROM (
        SELECT (SELECT coalesce(sum(balance), 0.00) FROM grants_ledgeraccount
                 WHERE place = 'paid') AS held,
               (SELECT coalesce(sum(payout.gross), 0.00) FROM grants_paymentattempt attempt
                  JOIN grants_payout payout ON payout.id = attempt.payout_id
                 WHERE attempt.state = 'succeeded') AS said) sums
     WHERE held <> said
"""
UNTOLD = """
    SELECT reference AS entry FROM grants_journalentry WHERE event_id IS NULL ORDER BY id
"""
# An entry that moves money of an award belongs to the award's case. The events of a batch and of
# the portal's set-up have no case; a batch's may move only what goes in transit with that batch.
OTHER_CASE = """
    WITH of_award AS (
        SELECT DISTINCT posting.entry_id, application.reference AS "case"
          FROM grants_ledgeraccount account
          JOIN grants_award award ON award.reference = account.owner
          JOIN grants_application application ON application.id = award.application_id
          JOIN grants_posting posting ON posting.account_id = account.id
         WHERE account.place IN ('committed', 'payable', 'paid'))
    SELECT entry.reference AS entry, event.kind AS event, event.reference AS thing
      FROM of_award
      JOIN grants_journalentry entry ON entry.id = of_award.entry_id
      JOIN grants_event event ON event.id = entry.event_id
     WHERE event."case" <> of_award."case" AND NOT (
           event."case" = '' AND event.thing_type = 'payoutbatch' AND EXISTS (
               SELECT 1 FROM grants_posting posting
                 JOIN grants_ledgeraccount account ON account.id = posting.account_id
                WHERE posting.entry_id = entry.id AND account.place = 'in_transit'
                  AND account.owner = event.reference))
     ORDER BY entry.id
"""

QUERIES = [
    ("payout {payout}: {count} attempts stand for it", STANDING),
    ("payout {payout}: {count} attempts succeeded", SUCCEEDED),
    ("attempt {attempt}: no event tells of its number, or more than one", UNPREPARED),
    ("attempt {attempt}: its number was {number}", RENAMED),
    ("attempt {attempt}: it is gone", GONE),
    ("all that was paid is {held}, attempts that succeeded sum to {said}", PAID),
    ("entry {entry}: without an event", UNTOLD),
    ("entry {entry}: its event, {event} {thing}, is of another case", OTHER_CASE),
]
