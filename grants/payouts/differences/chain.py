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
# The second part of an entry's reference names the thing that moved; its event is of the same case
# (none for funds and rounds), or releases the batch that the payout's attempt is in. The join over
# everything reads nothing but the case, and materializes nothing, so that workers share it.
OTHER_CASE = """
    WITH of_award AS NOT MATERIALIZED (
        SELECT award.id, award.reference, application.reference AS "case"
          FROM grants_award award JOIN grants_application application
            ON application.id = award.application_id),
    thing AS (
        SELECT reference AS name, "case" FROM of_award
         UNION ALL
        SELECT of_award.reference || '/' || milestone.number, of_award."case"
          FROM grants_milestone milestone JOIN of_award ON of_award.id = milestone.award_id
         WHERE milestone.state = 'waived'
         UNION ALL
        SELECT payout.reference, of_award."case"
          FROM grants_payout payout
          JOIN grants_milestone milestone ON milestone.id = payout.milestone_id
          JOIN of_award ON of_award.id = milestone.award_id),
    apart AS MATERIALIZED (
        SELECT entry.id, entry.reference, entry.event_id
          FROM grants_journalentry entry
          JOIN grants_event event ON event.id = entry.event_id
          LEFT JOIN thing ON thing.name = split_part(entry.reference, ':', 2)
         WHERE event."case" <> coalesce(thing."case", ''))
    SELECT apart.reference AS entry, event.kind AS event, event.reference AS thing
      FROM apart JOIN grants_event event ON event.id = apart.event_id
     WHERE NOT EXISTS (
           SELECT 1 FROM grants_paymentattempt attempt
             JOIN grants_payoutbatch batch ON batch.id = attempt.batch_id
            WHERE event.thing_type = 'payoutbatch' AND batch.reference = event.reference
              AND attempt.number = split_part(apart.reference, ':', 2) || '-'
                                   || split_part(apart.reference, ':', 4))
     ORDER BY apart.id
"""

QUERIES = [
    ("payout {payout}: {count} attempts stand for it", STANDING),
    ("payout {payout}: {count} attempts succeeded", SUCCEEDED),
    ("attempt {attempt}: {said}", NUMBERS),
    ("all that was paid is {held}, attempts that succeeded sum to {said}", PAID),
    ("entry {entry}: without an event", UNTOLD),
    ("entry {entry}: its event, {event} {thing}, is of another case", OTHER_CASE),
]
