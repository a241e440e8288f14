"""What raw SQL may not do to payouts, and what the check of the books names where it did."""

import pytest
from django.db import IntegrityError, connection, transaction

from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
from grants.payouts.services.sending import send_prepared
from tests import cast
from tests.ledger.books import tamper
from tests.payouts.way import differences, released

pytestmark = pytest.mark.django_db

RAW = [
    ("grants_payoutbatch", "approved_by_id = prepared_by_id"),
    ("grants_payoutbatch", "approved_by_id = NULL"),
    ("grants_payoutbatch", "state = 'blessed'"),
    ("grants_payout", "net = gross + 1"),
    ("grants_payout", "gross = 0, net = 0"),
    ("grants_payout", "gross = -1, net = -1"),
    ("grants_payout", "withheld = -1, net = gross + 1"),
    ("grants_payout", "state = 'blessed'"),
    ("grants_paymentattempt", "state = 'blessed'"),
]


@pytest.mark.parametrize(("table", "change"), RAW)
def test_raw_sql_against_the_rules_is_refused(table, change):
    released()
    models = (PayoutBatch, Payout, PaymentAttempt)
    before = [list(model.objects.values()) for model in models]

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")

    assert [list(model.objects.values()) for model in models] == before


def another_attempt(state: str) -> None:
    """Written as by somebody who may switch the triggers off: the unique indexes still hold."""
    tamper(
        "INSERT INTO grants_paymentattempt (payout_id, batch_id, number, rail, state, code,"
        " message, rail_reference, exchange, asked, prepared_at) SELECT payout_id, batch_id,"
        " number || 'x', rail, %s, '', '', '', '[]', 0, now() FROM grants_paymentattempt",
        state,
    )


@pytest.mark.parametrize("live", ["prepared", "accepted", "unknown"])
def test_second_live_attempt_is_refused(live):
    released()

    with pytest.raises(IntegrityError, match="attempt_one_live"):
        another_attempt(live)

    assert PaymentAttempt.objects.count() == 1


def test_second_success_and_a_second_payment_number_are_refused(gateway):
    (payout,) = released()
    send_prepared()

    with pytest.raises(IntegrityError, match="attempt_one_success"):
        another_attempt("succeeded")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO grants_payout (reference, milestone_id, payee_id, gross, withheld,"
            " net, state, reason, due_at) SELECT 'PAY-X', milestone_id, payee_id, gross, withheld,"
            " net, 'due', '', now() FROM grants_payout"
        )

    assert (PaymentAttempt.objects.count(), Payout.objects.get()) == (1, payout)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE grants_payout SET state = 'paid'",
            [
                "award {award}: payable holds 30000.00, payouts say 0.00",
                "award {award}: paid holds 0.00, payouts say 30000.00",
                "payout {payout}: paid without an attempt that succeeded",
                "payout {payout}: paid without an approved batch",
            ],
        ),
        (
            "UPDATE grants_payout SET state = 'sending'",
            [
                "award {award}: payable holds 30000.00, payouts say 0.00",
                "payout {payout}: sending without an approved batch",
            ],
        ),
        (
            "UPDATE grants_payout SET gross = 1, net = 1",
            [
                "award {award}: payable holds 30000.00, payouts say 1.00",
                "award {award}: committed holds 70000.00, its payouts leave 99999.00",
                "payout {payout}: gross 1.00, its milestone is of 30000.00",
            ],
        ),
        (
            "DELETE FROM grants_payout",
            [
                "award {award}: payable holds 30000.00, payouts say 0.00",
                "award {award}: committed holds 70000.00, its payouts leave 100000.00",
                "entry payout:{payout}:due: its event, payout.request {payout}, is of another case",
            ],
        ),
    ],
    ids=["paid", "sending", "smaller", "gone"],
)
def test_check_books_names_a_payout_that_raw_sql_changed(statement, named):
    payout = cast.due_payout()
    names = {"award": payout.award.reference, "payout": payout.reference}
    assert differences() == []

    tamper(statement)

    assert differences() == [text.format(**names) for text in named]


def test_check_books_names_an_attempt_that_says_otherwise(gateway):
    (payout,) = released()
    tamper("UPDATE grants_paymentattempt SET state = 'succeeded'")

    assert differences() == [
        f"payout {payout}: sending, but an attempt succeeded",
        "all that was paid is 0.00, attempts that succeeded sum to 30000.00",
    ]


def test_check_books_names_a_batch_that_lost_a_payout():
    (payout,) = released()
    batch = payout.batch or PayoutBatch.objects.get()

    tamper("UPDATE grants_payout SET batch_id = NULL")

    assert differences() == [
        f"batch {batch}: in transit 30000.00, payouts say 0.00",
        f"payout {payout}: sending without an approved batch",
    ]
