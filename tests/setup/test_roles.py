"""The role of production: the portal works under it, and the proofs are out of its reach."""

import pytest
from django.conf import settings
from django.db import Error, connection, transaction

from grants.events.seals import check_chain, seal_pending
from grants.payouts.services.books import run_books_check
from tests import cast
from tests.ledger.books import check_now
from tests.many import settled
from tests.payouts.way import released

pytestmark = pytest.mark.django_db

ROLES = settings.BASE_DIR / "deploy" / "roles.sql"


@pytest.fixture
def as_role():
    """Becomes the role for the rest of the test."""

    def become() -> None:
        check_now()
        with connection.cursor() as cursor:
            cursor.execute(ROLES.read_text())
            cursor.execute("SET LOCAL ROLE fundportal_app")

    yield become
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def denied(statement: str) -> str:
    """What PostgreSQL says where the role may not."""
    with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refused.value).splitlines()[0]


def test_whole_grant_goes_its_way_under_the_role(as_role):
    as_role()

    (payout,) = released()
    settled(payout)

    check_now()
    assert payout.state == "paid"
    while seal_pending():
        continue
    assert check_chain().is_whole
    assert run_books_check().differences == []


APPEND_ONLY = [
    "grants_bookscheck",
    "grants_dailyseal",
    "grants_eligibilitycheck",
    "grants_event",
    "grants_eventseal",
    "grants_journalentry",
    "grants_posting",
    "grants_signal",
    "grants_signalimport",
    "grants_submission",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_role_only_adds_to_what_is_append_only(as_role, table):
    as_role()

    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        assert denied(statement) == f"permission denied for table {table}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'fundportal_app' AND table_name = %s ORDER BY 1",
            [table],
        )
        assert [name for (name,) in cursor.fetchall()] == ["INSERT", "SELECT"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE grants_posting SET amount = 1", "permission denied for table grants_posting"),
        ("UPDATE grants_event SET kind = 'x'", "permission denied for table grants_event"),
        ("DELETE FROM grants_payout", "permission denied for table grants_payout"),
        (
            "UPDATE grants_ledgeraccount SET owner = 'x'",
            "permission denied for table grants_ledgeraccount",
        ),
        (
            "UPDATE grants_ledgeraccount SET balance = 1",
            "a ledger account is changed by postings only",
        ),
        (
            "SET session_replication_role = replica",
            'permission denied to set parameter "session_replication_role"',
        ),
        (
            "ALTER TABLE grants_posting DISABLE TRIGGER ALL",
            "must be owner of table grants_posting",
        ),
        (
            "CREATE TABLE public.grants_mine (id int)",
            "permission denied for schema public",
        ),
        (
            "DELETE FROM django_migrations",
            "permission denied for table django_migrations",
        ),
    ],
)
def test_role_cannot_reach_the_proofs(as_role, statement, said):
    cast.fund()
    as_role()

    assert denied(statement) == said


def test_role_cannot_put_a_table_of_its_own_before_a_real_one(as_role):
    as_role()

    said = denied("CREATE TEMPORARY TABLE grants_posting (entry_id bigint)")

    assert said.startswith("permission denied to create temporary tables in database")
