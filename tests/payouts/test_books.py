"""The check of the books names each thing that somebody with the keys of the database changed."""

import pytest
from django.db import transaction

from grants.awards import services as awards
from grants.milestones.models import Milestone
from grants.payouts.models import PayoutBatch
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services import due
from grants.payouts.services.batches import rows_digest
from tests import cast
from tests.ledger.books import tamper
from tests.many import settled
from tests.payouts.way import differences, released

pytestmark = pytest.mark.django_db

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
        ["attempt PAY-0-1: its number was {payout}-1"],
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


def names(payout) -> dict[str, str]:
    batch = PayoutBatch.objects.get()
    return {
        "award": payout.award.reference,
        "payout": payout.reference,
        "batch": batch.reference,
        "application": payout.case,
        "payee": str(payout.payee_id),
    }


def paid_payout():
    (payout,) = released()
    cast.individual("zoe")
    settled(payout)
    assert differences() == []
    return payout


def found_after(*statements: str) -> list[str]:
    """What is named after the tampering, which is taken back then."""
    point = transaction.savepoint()
    for statement in statements:
        tamper(statement)
    found = differences()
    transaction.savepoint_rollback(point)
    return found


def test_tampering_is_named():
    known = names(paid_payout())

    found = {statement: found_after(statement) for statement, _named in PAID}

    assert found == {
        statement: [text.format(**known) for text in named] for statement, named in PAID
    }


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


def test_what_one_person_did_alone_is_named():
    known = names(paid_payout())

    found = [
        found_after(f"ALTER TABLE grants_{constraint}", statement)
        for constraint, statement, _named in ALONE
    ]

    assert found == [[named.format(**known)] for _constraint, _statement, named in ALONE]


ANOTHER = """
    INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code, message,
        rail_reference, exchange, asked, prepared_at)
    SELECT payout_id, batch_id, number || 'x', rail, '{state}', '', '', '', '[]', 0, now()
      FROM grants_paymentattempt
"""


@pytest.mark.parametrize(
    ("state", "named"),
    [
        (
            "prepared",
            [
                "payout {payout}: 2 attempts stand for it",
                "attempt {payout}-1x: no event tells of its number, or more than one",
            ],
        ),
        (
            "succeeded",
            [
                "payout {payout}: 2 attempts stand for it",
                "payout {payout}: 2 attempts succeeded",
                "attempt {payout}-1x: no event tells of its number, or more than one",
                "all that was paid is 30000.00, attempts that succeeded sum to 60000.00",
            ],
        ),
        ("rejected", ["attempt {payout}-1x: no event tells of its number, or more than one"]),
    ],
)
def test_another_attempt_is_named(state, named):
    known = names(paid_payout())

    found = found_after("DROP INDEX attempt_one_success", ANOTHER.format(state=state))

    assert found == [text.format(**known) for text in named]


def test_an_award_that_was_taken_away_is_named():
    award = cast.accepted()
    tamper("DELETE FROM grants_milestone")

    tamper("DELETE FROM grants_award")

    assert differences() == [
        "round round-1: allocated holds 900000.00, its awards leave 1000000.00",
        f"decision on {award.case}: an award was confirmed, and there is none",
    ]


def test_waived_and_ended_awards_are_no_difference():
    waived = cast.accepted("ann", round=cast.open_round("round-ann"))
    due.waive_milestone(Milestone.objects.get(number=2), by=cast.person("officer"), reason="x")
    assert differences() == []

    awards.terminate(waived, by=cast.person("officer"), reason="x")
    declined = cast.offered("bob", round=cast.open_round("round-bob"))
    awards.decline(declined, by=cast.person("bob"))

    assert differences() == []


def test_a_payout_that_failed_and_is_due_again_is_no_difference():
    failed, other = released("ann", "bob")
    settled(failed, Outcome.REFUSED)
    settled(other)
    assert differences() == []

    due.requeue(failed, by=cast.person("finance"), reason="corrected")
    assert differences() == []
    cast.released_batch(failed)
    assert differences() == []
    settled(failed)

    assert differences() == []


def test_digest_is_told_again_as_it_was_submitted():
    payouts = [
        cast.due_payout(name, round=cast.open_round(f"round-{name}")) for name in ("ann", "bob")
    ]
    submitted = rows_digest(cast.batch_of(*payouts))
    PayoutBatch.objects.get().payouts.update(batch=None)

    for payout in payouts:
        payout.refresh_from_db()
    batch = cast.released_batch(*payouts)

    assert (batch.digest, differences()) == (submitted, [])
