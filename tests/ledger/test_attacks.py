"""What raw SQL may not do to the proofs: each attack with a cursor, as the owner of the tables."""

import pytest
from django.db import IntegrityError, connection, transaction

from grants.awards import services as awards
from grants.core.crypto import CannotOpen
from grants.events.models import DailySeal, Event
from grants.events.seals import seal_pending
from grants.payouts.models import Payee, PayoutBatch
from grants.payouts.services import approving, batches
from grants.reviews import services as reviews
from tests import cast
from tests.ledger.books import raw
from tests.many import settled
from tests.payouts.way import released

pytestmark = pytest.mark.django_db

TABLES = (
    "award",
    "dailyseal",
    "decision",
    "document",
    "event",
    "eventseal",
    "journalentry",
    "ledgeraccount",
    "milestone",
    "payee",
    "paymentattempt",
    "payout",
    "payoutbatch",
    "posting",
    "review",
    "score",
    "submission",
    "assignment",
)


def contents() -> dict[str, list]:
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM grants_{table} t ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def refused(attacks: list[str]) -> list[str]:
    """Those of the attacks that the database refused; what was taken is taken back."""
    kept = []
    for attack in attacks:
        point = transaction.savepoint()
        try:
            raw(attack)
        except IntegrityError:
            kept.append(attack)
        transaction.savepoint_rollback(point)
    return kept


GONE = [
    statement
    for table in TABLES
    for statement in (f"DELETE FROM grants_{table}", f"TRUNCATE grants_{table} CASCADE")
]
WRITTEN_ONCE = [
    "UPDATE grants_posting SET amount = amount * 2",
    "UPDATE grants_journalentry SET memo = 'x'",
    "UPDATE grants_journalentry SET reverses_id = id",
    "UPDATE grants_ledgeraccount SET balance = balance + 1",
    "UPDATE grants_ledgeraccount SET owner = 'thief' WHERE place = 'paid'",
    "UPDATE grants_event SET actor_id = NULL",
    "UPDATE grants_event SET data = '{}'",
    "UPDATE grants_eventseal SET hash = repeat('0', 64)",
    "UPDATE grants_dailyseal SET hash = repeat('0', 64)",
    "UPDATE grants_submission SET content = '{}'",
    "UPDATE grants_document SET sha256 = repeat('0', 64)",
    "UPDATE grants_document SET file = 'another'",
    "UPDATE grants_document SET application_id = application_id + 1",
]
CASES = [
    "UPDATE grants_award SET amount = amount - 1",
    "UPDATE grants_award SET plan = '[]'",
    "UPDATE grants_award SET decision_id = decision_id + 1",
    "UPDATE grants_award SET state = 'offered'",
    "UPDATE grants_award SET state = 'declined'",
    "UPDATE grants_decision SET amount = amount - 1",
    "UPDATE grants_decision SET outcome = 'decline', amount = NULL",
    "UPDATE grants_decision SET reasons = 'x'",
    "UPDATE grants_decision SET proposed_by_id = confirmed_by_id, confirmed_by_id = proposed_by_id",
    "UPDATE grants_decision SET confirmed_by_id = proposed_by_id",
    "UPDATE grants_decision SET state = 'proposed'",
    "UPDATE grants_milestone SET amount = amount - 1",
    "UPDATE grants_milestone SET award_id = award_id + 1",
    "UPDATE grants_milestone SET number = number + 7",
    "UPDATE grants_milestone SET state = 'planned' WHERE state = 'accepted'",
    "UPDATE grants_milestone SET state = 'accepted' WHERE state = 'planned'",
    "UPDATE grants_review SET comment = 'x'",
    "UPDATE grants_review SET recommendation = 'decline'",
    "UPDATE grants_review SET assignment_id = assignment_id + 1",
    "UPDATE grants_score SET value = 0",
    "INSERT INTO grants_score (review_id, criterion_id, value, comment)"
    " SELECT review_id, criterion_id + 100, 5, '' FROM grants_score",
    "UPDATE grants_assignment SET reviewer_id = assigned_by_id",
    "UPDATE grants_assignment SET state = 'invited'",
]
SETTLED_ATTEMPT = (
    "INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code, message,"
    " rail_reference, exchange, asked, prepared_at) SELECT payout_id, batch_id, 'early', rail,"
    " '{}', '', '', '', '[]', 0, now() FROM grants_paymentattempt"
)
PAYOUTS = [
    "INSERT INTO grants_payout (reference, milestone_id, payee_id, gross, withheld, net, state,"
    " reason, due_at) SELECT 'PAY-X', milestone_id, payee_id, gross, 0, net, 'due', '', now()"
    " FROM grants_payout",
    "INSERT INTO grants_payout (reference, milestone_id, payee_id, gross, withheld, net, state,"
    " reason, due_at) SELECT 'PAY-X', milestone_id, payee_id, 1, 0, 1, 'cancelled', '', now()"
    " FROM grants_payout",
    "INSERT INTO grants_payout (reference, milestone_id, payee_id, gross, withheld, net, state,"
    " reason, due_at) SELECT 'PAY-X', m.id, p.payee_id, m.amount, 0, m.amount, 'due', '', now()"
    " FROM grants_payout p, grants_milestone m WHERE m.state = 'planned'",
    "UPDATE grants_payout SET state = 'due'",
    "UPDATE grants_payout SET state = 'approved'",
    "UPDATE grants_payout SET gross = gross - 1, net = net - 1",
    "UPDATE grants_payout SET milestone_id = (SELECT max(id) FROM grants_milestone)",
    "UPDATE grants_payout SET payee_id = gen_random_uuid()",
    "UPDATE grants_payout SET batch_id = NULL",
    "INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code, message,"
    " rail_reference, exchange, asked, prepared_at) SELECT payout_id, batch_id, 'again', rail,"
    " 'prepared', '', '', '', '[]', 0, now() FROM grants_paymentattempt",
    *(
        SETTLED_ATTEMPT.format(state)
        for state in ("accepted", "unknown", "succeeded", "rejected", "returned")
    ),
    "UPDATE grants_paymentattempt SET state = 'prepared'",
    "UPDATE grants_paymentattempt SET number = 'another'",
    "UPDATE grants_payoutbatch SET total = total - 1",
    "UPDATE grants_payoutbatch SET count = 2",
    "UPDATE grants_payoutbatch SET digest = repeat('0', 64)",
    "UPDATE grants_payoutbatch SET prepared_by_id = prepared_by_id - 1",
    "UPDATE grants_payoutbatch SET approved_by_id = prepared_by_id",
    "UPDATE grants_payoutbatch SET second_approved_by_id = approved_by_id",
    "UPDATE grants_payoutbatch SET second_approved_by_id = prepared_by_id",
    "UPDATE grants_payoutbatch SET state = 'open'",
    "UPDATE grants_payoutbatch SET rail = 'alipay'",
    "UPDATE grants_payee SET account_index = repeat('0', 64)",
    "UPDATE grants_payee SET account_tail = '0000'",
    "UPDATE grants_payee SET holder_name = 'Thief'",
    "UPDATE grants_payee SET verified_by_id = named_by_id",
    "UPDATE grants_payee SET state = 'pending'",
]


def test_attacks_on_a_grant_that_was_paid_are_refused():
    (payout,) = released()
    settled(payout)
    seal_pending()
    head = Event.objects.last().seal
    DailySeal.objects.create(day="2026-03-03", sequence=head.sequence, hash=head.hash, events=1)
    before, attacks = contents(), GONE + WRITTEN_ONCE + CASES + PAYOUTS

    assert refused(attacks) == attacks
    assert contents() == before


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("posting_stays", "amount = amount * 2"),
        ("event_stays", "actor_id = NULL"),
        ("payout_fixed", "gross = gross - 1, net = net - 1"),
    ],
)
def test_no_session_switches_a_trigger_off_for_itself(name, change):
    released()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE %s", [f"%\\_{name}\\_%"])
        (trigger,) = cursor.fetchone()
        table = name.partition("_")[0]
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{trigger}}}"])

    attack = f"UPDATE grants_{table} SET {change}"
    assert refused([attack]) == [attack]


def test_attempt_of_a_payout_on_its_way_written_as_settled_is_refused():
    released()
    before = contents()
    attacks = [SETTLED_ATTEMPT.format(state) for state in ("succeeded", "rejected", "returned")]

    assert refused(attacks) == attacks
    assert contents() == before


APPROVED = [
    "UPDATE grants_payout SET state = 'sending'",
    "UPDATE grants_payout SET payee_id = gen_random_uuid()",
    "UPDATE grants_payout SET batch_id = NULL",
    "UPDATE grants_payoutbatch SET total = 1",
    "UPDATE grants_payoutbatch SET needs_second = TRUE",
    "INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code, message,"
    " rail_reference, exchange, asked, prepared_at) SELECT id, batch_id, 'early', 'sandbox',"
    " 'prepared', '', '', '', '[]', 0, now() FROM grants_payout",
]


def test_attacks_on_an_approved_batch_are_refused():
    batch = cast.batch_of(cast.due_payout())
    batches.submit_batch(batch, by=cast.person("finance"))
    approving.approve_batch(batch, by=cast.person("controller"))
    before = contents()

    assert refused(APPROVED) == APPROVED
    assert contents() == before


DUE = [
    "UPDATE grants_payoutbatch SET state = 'approved', approved_by_id = prepared_by_id + 1",
    "UPDATE grants_payoutbatch SET state = 'released'",
    "UPDATE grants_payout SET state = 'approved'",
    "UPDATE grants_payout SET state = 'sending'",
    "INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code, message,"
    " rail_reference, exchange, asked, prepared_at) SELECT id, batch_id, 'early', 'sandbox',"
    " 'prepared', '', '', '', '[]', 0, now() FROM grants_payout",
]


def test_attacks_on_a_batch_that_nobody_approved_are_refused():
    cast.batch_of(cast.due_payout())
    before = contents()

    assert refused(DUE) == DUE
    assert contents() == before


def test_payout_that_joins_a_submitted_batch_by_raw_sql_is_refused():
    ann, bob = (
        cast.due_payout(name, round=cast.open_round(f"round-{name}")) for name in ("ann", "bob")
    )
    batches.submit_batch(cast.batch_of(ann), by=cast.person("finance"))
    attack = (
        f"UPDATE grants_payout SET batch_id = {PayoutBatch.objects.get().pk} WHERE id = {bob.pk}"
    )

    assert refused([attack]) == [attack]


AWARD = """
    INSERT INTO grants_award (reference, application_id, decision_id, amount, plan, state,
        offered_at) SELECT 'AWD-X', application_id, id, {amount}, '[]', 'offered', now()
      FROM grants_decision
"""


@pytest.mark.parametrize("amount", ["amount", "1"])
def test_award_that_nobody_confirmed_is_refused(amount):
    cast.proposed()
    attack = AWARD.format(amount=amount)

    assert refused([attack]) == [attack]


def test_award_of_another_amount_or_of_a_discarded_proposal_is_refused():
    awards.discard(cast.proposed(), by=cast.person("approver"))
    attack = AWARD.format(amount="amount")

    assert refused([attack]) == [attack]


def test_scores_of_a_review_that_was_reopened_can_be_changed():
    review = cast.reviewed(cast.in_review())
    attack = "UPDATE grants_score SET value = 1"
    assert refused([attack]) == [attack]

    reviews.reopen_review(review, by=cast.person("officer"), reason="x")

    raw(attack)
    assert set(review.scores.values_list("value", flat=True)) == {1}


def test_sealed_account_of_another_payee_does_not_open():
    mine = cast.verified_payee("ann")
    cast.verified_payee("bob")

    raw(
        "UPDATE grants_payee SET account_sealed = (SELECT account_sealed FROM grants_payee"
        " WHERE id <> %s)",
        mine.pk,
    )

    with pytest.raises(CannotOpen):
        _opened = Payee.objects.get(pk=mine.pk).account_number
