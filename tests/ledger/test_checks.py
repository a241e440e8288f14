"""`check_ledger` names each thing that somebody with the power to switch triggers off changed."""

from decimal import Decimal

import pytest

from grants.ledger.checks import check_ledger
from grants.ledger.models import Place, Posting
from tests.ledger.books import funded, place, raw, tamper

pytestmark = pytest.mark.django_db


def test_whole_books_have_a_trial_balance_and_no_difference():
    funded("100.00")

    report = check_ledger()

    assert report.trial_balance == [
        ("available", "CNY", Decimal("100.00")),
        ("capital", "CNY", Decimal("-100.00")),
    ]
    assert report.differences == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE grants_ledgeraccount SET balance = 150 WHERE place = 'available'",
            ["account available:tests: balance 150.00, postings sum to 100.00"],
        ),
        (
            "UPDATE grants_posting SET amount = 99 WHERE amount > 0",
            [
                "account available:tests: balance 100.00, postings sum to 99.00",
                "entry capital: 2 of 2 postings, sum -1.00",
                "all postings sum to -1.00, not to zero",
            ],
        ),
        (
            "DELETE FROM grants_posting WHERE amount > 0",
            [
                "account available:tests: balance 100.00, postings sum to 0.00",
                "entry capital: 1 of 2 postings, sum -100.00",
                "all postings sum to -100.00, not to zero",
            ],
        ),
        (
            "UPDATE grants_posting SET amount = amount * 2",
            [
                "account capital:tests: balance -100.00, postings sum to -200.00",
                "account available:tests: balance 100.00, postings sum to 200.00",
                "entry capital: amount 100.00, postings move 200.00",
            ],
        ),
        (
            "UPDATE grants_journalentry SET amount = 1",
            ["entry capital: amount 1.00, postings move 100.00"],
        ),
        (
            "UPDATE grants_ledgeraccount SET currency = 'USD' WHERE place = 'available'",
            ["entry capital: CNY, but a posting is in another currency"],
        ),
        (
            "DELETE FROM grants_ledgeraccount WHERE place = 'available'",
            ["entry capital: 1 of 2 postings, sum 0.00"],
        ),
        (
            "DELETE FROM grants_posting",
            [
                "account capital:tests: balance -100.00, postings sum to 0.00",
                "account available:tests: balance 100.00, postings sum to 0.00",
                "entry capital: 0 of 2 postings, sum 0.00",
            ],
        ),
    ],
    ids=["balance", "leg", "lost-leg", "both-legs", "amount", "currency", "account", "postings"],
)
def test_tampering_is_named(statement, named):
    funded("100.00")

    tamper(statement)

    assert check_ledger().differences == named


def test_postings_of_an_entry_that_is_gone_are_named():
    funded("100.00")
    first, second = Posting.objects.order_by("pk")

    tamper("DELETE FROM grants_journalentry")

    assert check_ledger().differences == [
        f"posting {first.pk}: {first.amount} of no entry",
        f"posting {second.pk}: {second.amount} of no entry",
    ]


def test_an_overdrawn_account_is_named():
    _capital, available = funded("100.00")
    paid = place(Place.PAID)
    tamper("ALTER TABLE grants_ledgeraccount DROP CONSTRAINT ledgeraccount_not_overdrawn")

    raw(
        """
        WITH e AS (
            INSERT INTO grants_journalentry (reference, memo, amount, posting_count, currency, at)
            VALUES ('much', '', 105, 2, 'CNY', now()) RETURNING id
        )
        INSERT INTO grants_posting (entry_id, account_id, amount)
        SELECT e.id, leg.account, leg.amount FROM e, (VALUES (%s, -105), (%s, 105))
            AS leg (account, amount)
        """,
        available.pk,
        paid.pk,
    )

    assert check_ledger().differences == ["account available:tests: overdrawn, -5.00"]
