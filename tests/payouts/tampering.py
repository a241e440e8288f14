"""What was tampered with after a payout was paid, and the sentences that name it."""

PAID = [
    (
        "UPDATE grants_award SET amount = 90000",
        [
            "award {award}: committed holds 70000.00, its payouts leave 60000.00",
            "round round-applicant: allocated holds 900000.00, its awards leave 910000.00",
            "award {award}: amount 90000.00, its decision says 100000.00",
            "award {award}: amount 90000.00, its milestones sum to 100000.00",
        ],
    ),
    (
        "UPDATE grants_decision SET amount = 90000",
        ["award {award}: amount 100000.00, its decision says 90000.00"],
    ),
    (
        "UPDATE grants_decision SET outcome = 'decline', amount = NULL",
        [
            "award {award}: amount 100000.00, its decision says 0.00",
            "award {award}: its decision is released, or of another case",
        ],
    ),
    (
        "UPDATE grants_decision SET state = 'discarded'",
        ["award {award}: its decision is discarded, or of another case"],
    ),
    (
        "UPDATE grants_round SET budget = 2000000",
        [
            "round round-applicant: allocated holds 900000.00, its awards leave 1900000.00",
            "fund amos: available holds 999000000.00, its rounds leave 998000000.00",
        ],
    ),
    (
        "UPDATE grants_fund SET capital = 2000000000",
        ["fund amos: available holds 999000000.00, its rounds leave 1999000000.00"],
    ),
    (
        "UPDATE grants_milestone SET amount = 80000 WHERE number = 2",
        ["award {award}: amount 100000.00, its milestones sum to 110000.00"],
    ),
    (
        "DELETE FROM grants_milestone WHERE number = 2",
        ["award {award}: amount 100000.00, its milestones sum to 30000.00"],
    ),
    (
        "UPDATE grants_milestone SET state = 'waived' WHERE number = 2",
        [
            "award {award}: committed holds 70000.00, its payouts leave 0.00",
            "round round-applicant: allocated holds 900000.00, its awards leave 970000.00",
        ],
    ),
    (
        "UPDATE grants_award SET state = 'declined'",
        ["award {award}: committed holds 70000.00, its payouts leave 0.00"],
    ),
    (
        "UPDATE grants_payout SET gross = 40000, net = 40000",
        [
            "award {award}: paid holds 30000.00, payouts say 40000.00",
            "award {award}: committed holds 70000.00, its payouts leave 60000.00",
            "payout {payout}: gross 40000.00, its milestone is of 30000.00",
            "batch {batch}: 1 payouts of 30000.00 approved, there are 1 of 40000.00",
            "batch {batch}: its payouts are not those that were approved",
            "all that was paid is 30000.00, attempts that succeeded sum to 40000.00",
        ],
    ),
    (
        "UPDATE grants_milestone SET state = 'submitted' WHERE number = 1",
        ["payout {payout}: its milestone is submitted"],
    ),
    (
        "UPDATE grants_payee SET organisation_id = (SELECT max(id) FROM grants_organisation)",
        ["payout {payout}: its payee belongs to another organisation"],
    ),
    (
        "UPDATE grants_payoutbatch SET state = 'submitted'",
        ["payout {payout}: paid without an approved batch"],
    ),
    (
        "UPDATE grants_payout SET batch_id = NULL",
        ["payout {payout}: paid without an approved batch"],
    ),
    (
        "UPDATE grants_payoutbatch SET total = 1",
        ["batch {batch}: 1 payouts of 1.00 approved, there are 1 of 30000.00"],
    ),
    (
        "UPDATE grants_payoutbatch SET count = 2",
        ["batch {batch}: 2 payouts of 30000.00 approved, there are 1 of 30000.00"],
    ),
    (
        "UPDATE grants_payoutbatch SET digest = repeat('0', 64)",
        ["batch {batch}: its payouts are not those that were approved"],
    ),
    (
        "UPDATE grants_payee SET account_index = repeat('0', 64)",
        ["batch {batch}: its payouts are not those that were approved"],
    ),
    (
        "UPDATE grants_paymentattempt SET state = 'rejected'",
        [
            "payout {payout}: paid without an attempt that succeeded",
            "all that was paid is 30000.00, attempts that succeeded sum to 0.00",
        ],
    ),
    (
        "UPDATE grants_paymentattempt SET number = 'PAY-0-1'",
        [
            "attempt PAY-0-1: its number was {payout}-1",
            "entry payout:{payout}:send:1: its event, payoutbatch.release {batch},"
            " is of another case",
        ],
    ),
    (
        "DELETE FROM grants_event WHERE kind = 'paymentattempt.prepare'",
        ["attempt {payout}-1: no event tells of its number, or more than one"],
    ),
    (
        "UPDATE grants_event SET thing_id = '0' WHERE kind = 'paymentattempt.prepare'",
        [
            "attempt {payout}-1: no event tells of its number, or more than one",
            "attempt {payout}-1: it is gone",
        ],
    ),
    (
        "DELETE FROM grants_paymentattempt",
        [
            "payout {payout}: paid without an attempt that succeeded",
            "attempt {payout}-1: it is gone",
            "all that was paid is 30000.00, attempts that succeeded sum to 0.00",
            "entry payout:{payout}:send:1: its event, payoutbatch.release {batch},"
            " is of another case",
        ],
    ),
    (
        "UPDATE grants_journalentry SET event_id = NULL WHERE reference LIKE '%%:paid:%%'",
        ["entry payout:{payout}:paid:{payout}-1: without an event"],
    ),
    (
        "UPDATE grants_event SET \"case\" = 'APP-0' WHERE kind = 'payout.settle'",
        [
            "entry payout:{payout}:paid:{payout}-1: its event, payout.settle {payout},"
            " is of another case"
        ],
    ),
    (
        "UPDATE grants_journalentry SET event_id ="
        " (SELECT id FROM grants_event WHERE kind = 'fund.create')"
        " WHERE reference LIKE '%%:paid:%%'",
        [
            "entry payout:{payout}:paid:{payout}-1: its event, fund.create , is of another case",
        ],
    ),
]

ALONE = [
    (
        "payoutbatch DROP CONSTRAINT batch_two_people",
        "UPDATE grants_payoutbatch SET approved_by_id = prepared_by_id",
        "batch {batch}: prepared and approved by one person",
    ),
    (
        "payoutbatch DROP CONSTRAINT batch_three_people",
        "UPDATE grants_payoutbatch SET second_approved_by_id = approved_by_id",
        "batch {batch}: prepared and approved by one person",
    ),
    (
        "payee DROP CONSTRAINT payee_two_people",
        "UPDATE grants_payee SET verified_by_id = named_by_id",
        "payee {payee}: named and verified by one person",
    ),
    (
        "decision DROP CONSTRAINT decision_two_people",
        "UPDATE grants_decision SET confirmed_by_id = proposed_by_id",
        "decision on {application}: proposed and confirmed by one person",
    ),
]
