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
from tests.payouts.tampering import ALONE, PAID
from tests.payouts.way import differences, released

pytestmark = pytest.mark.django_db


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
        f"entry award:{award}:commit: its event, decision.confirm , is of another case",
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
