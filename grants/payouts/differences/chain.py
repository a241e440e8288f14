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
NUMBERS = """
    SELECT coalesce(attempt.number, prepared.number) AS attempt,
           CASE WHEN attempt.id IS NULL THEN 'it is gone'
                WHEN prepared.count IS DISTINCT FROM 1
                THEN 'no event tells of its number, or more than one'
                ELSE 'its number was ' || prepared.number END AS said
      FROM grants_paymentattempt attempt FULL JOIN (
           SELECT thing_id, count(*) AS count, min(data ->> 'number') AS number
             FROM grants_event WHERE kind = 'paymentattempt.prepare' GROUP BY thing_id) prepared
        ON prepared.thing_id = attempt.id::text
     WHERE (prepared.count, prepared.number) IS DISTINCT FROM (1, attempt.number)
     ORDER BY attempt.id
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
# The second part of a reference names the thing that moved: the event is of that thing, or of the
# award's case. Payouts are sent by the event of the batch that their attempt is in.
OTHER_CASE = """
    SELECT entry.reference AS entry, event.kind AS event, event.reference AS thing
      FROM grants_journalentry entry
      JOIN grants_event event ON event.id = entry.event_id
      LEFT JOIN grants_award award
        ON entry.reference LIKE 'award:%' AND award.reference = split_part(entry.reference, ':', 2)
      LEFT JOIN grants_application application ON application.id = award.application_id
      LEFT JOIN grants_paymentattempt attempt
        ON event.thing_type = 'payoutbatch' AND entry.reference LIKE 'payout:%:send:%'
       AND attempt.number = split_part(entry.reference, ':', 2) || '-'
                            || split_part(entry.reference, ':', 4)
      LEFT JOIN grants_payoutbatch batch ON batch.id = attempt.batch_id
      LEFT JOIN grants_payout payout
        ON event.kind LIKE 'payout.%' AND payout.id::text = event.thing_id
      LEFT JOIN grants_milestone milestone ON milestone.id = payout.milestone_id
      LEFT JOIN grants_award of_payout ON of_payout.id = milestone.award_id
      LEFT JOIN grants_application of_case ON of_case.id = of_payout.application_id
     WHERE event.reference <> split_part(entry.reference, ':', 2)
       AND event."case" IS DISTINCT FROM application.reference
       AND event.reference IS DISTINCT FROM batch.reference
       AND NOT (event.kind = 'fund.create' AND entry.reference LIKE 'fund:%')
        OR event."case" <> of_case.reference
     ORDER BY entry.id
"""

QUERIES = [
    ("payout {payout}: {count} attempts stand for it", STANDING),
    ("payout {payout}: {count} attempts succeeded", SUCCEEDED),
    ("attempt {attempt}: {said}", NUMBERS),
    ("all that was paid is {held}, attempts that succeeded sum to {said}", PAID),
    ("entry {entry}: without an event", UNTOLD),
    ("entry {entry}: its event, {event} {thing}, is of another case", OTHER_CASE),
]
