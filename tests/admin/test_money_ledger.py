"""The books at the desk: read, and checked with one button."""

import pytest

from grants.ledger.models import JournalEntry, LedgerAccount, Place
from grants.ledger.services import account, move
from grants.payouts.models import BooksCheck
from grants.payouts.services.books import run_books_check
from tests import cast
from tests.ledger.books import tamper
from tests.many import settled

pytestmark = pytest.mark.django_db

BOOKS = "/admin/ledger/"
CHECK = "/admin/ledger/check/"
ACCOUNTS = "/admin/ledger/accounts/"
ENTRIES = "/admin/ledger/entries/"
READERS = ["finance", "controller", "auditor"]


@pytest.fixture
def payout():
    payout = cast.due_payout("ann")
    cast.released_batch(payout)
    return settled(payout)


@pytest.fixture
def auditor(client):
    client.force_login(cast.person("auditor"))
    return client


@pytest.mark.parametrize("who", READERS)
def test_trial_balance_sums_to_zero(client, payout, who):
    client.force_login(cast.person(who))

    context = client.get(BOOKS).context

    balances = {place: balance for _label, place, _currency, balance in context["balances"]}
    assert balances["paid"] == payout.gross
    assert list(context["sums"]) == [("CNY", 0)]
    assert list(balances)[:3] == ["capital", "available", "allocated"]


@pytest.mark.parametrize("who", READERS)
def test_check_says_that_the_books_balance(client, payout, who):
    client.force_login(cast.person(who))

    response = client.post(CHECK)

    assert response.context["report"].differences == []
    assert "The books balance" in response.content.decode()


def test_check_shows_each_difference(auditor, payout):
    wrong = LedgerAccount.objects.get(place=Place.PAID)
    tamper("UPDATE grants_ledgeraccount SET balance = balance + 1 WHERE id = %s", wrong.pk)

    report = auditor.post(CHECK).context["report"]

    assert report.differences == [
        f"account {wrong}: balance 30001.00, postings sum to 30000.00",
        f"award {payout.award}: paid holds 30001.00, payouts say 30000.00",
        "all that was paid is 30001.00, attempts that succeeded sum to 30000.00",
    ]


def test_check_is_not_made_by_a_link(auditor):
    assert auditor.get(CHECK).status_code == 405


@pytest.mark.parametrize("who", ["officer", "approver", "reviewer", "administrator", "ann"])
def test_others_are_kept_out(client, who):
    client.force_login(cast.person(who))

    for url in (BOOKS, ACCOUNTS, ENTRIES):
        assert client.get(url).status_code == 403
    assert client.post(CHECK).status_code == 403


def test_who_is_not_signed_in_goes_to_the_door(client):
    assert client.get(BOOKS)["Location"] == "/admin/login/?next=/admin/ledger/"


def test_accounts_are_found_by_place_and_owner(auditor, payout):
    found = auditor.get(ACCOUNTS, {"place": "paid", "owner": payout.award.reference}).context

    assert [str(row) for row in found["page"]] == [f"paid:{payout.award.reference}"]
    assert list(auditor.get(ACCOUNTS, {"place": "no"}).context["page"]) == []


def test_entries_are_found_by_reference_and_account(auditor, payout):
    reference = f"payout:{payout.reference}"
    paid = LedgerAccount.objects.get(place=Place.PAID)

    by_reference = auditor.get(ENTRIES, {"reference": reference}).context["page"]
    by_account = auditor.get(ENTRIES, {"account": paid.pk}).context["page"]

    assert len(by_reference) == 3
    assert [entry.reference for entry in by_account] == [f"{reference}:paid:{payout.reference}-1"]
    assert auditor.get(ENTRIES, {"account": paid.pk + 1000}).status_code == 404


def many_entries(count: int) -> None:
    BooksCheck.objects.bulk_create(BooksCheck(took_ms=1) for _ in range(count))
    source = account(Place.CAPITAL, "amos", currency="CNY")
    for number in range(count):
        target = account(Place.AVAILABLE, f"fund-{number}", currency="CNY")
        move(f"test:{number}", 1, source=source, target=target, memo="test")


def test_entries_go_on_by_key(auditor, db):
    many_entries(31)

    first = auditor.get(ENTRIES).context["page"]
    second = auditor.get(first.following).context["page"]

    assert [row.reference for row in second] == ["test:0"]
    assert JournalEntry.objects.count() == 31
    assert len(first) == 30


def test_check_is_kept_with_who_asked(auditor, payout):
    run_books_check()

    auditor.post(CHECK)

    made = list(auditor.get(BOOKS).context["checks"])
    assert [(row.by, row.differences) for row in made] == [(cast.person("auditor"), []), (None, [])]
    shown = auditor.get(f"{BOOKS}checks/{made[1].pk}/").context
    assert (shown["report"], list(shown["sums"])) == (made[1], [("CNY", 0)])
    assert auditor.get(f"{BOOKS}checks/{made[0].pk + 1}/").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_however_many(auditor, count, django_assert_num_queries):
    many_entries(count)

    with django_assert_num_queries(5):  # session, person, roles, balances, checks
        auditor.get(BOOKS)
    with django_assert_num_queries(4):  # session, person, roles, accounts
        auditor.get(ACCOUNTS)
    with django_assert_num_queries(6):  # session, person, roles, entries, postings, accounts
        auditor.get(ENTRIES)


@pytest.mark.parametrize("odd", ["9" * 5000, "%00", "%C2%B2", "-1"])
def test_account_that_cannot_be_one_is_ignored(at_desk, odd):
    assert at_desk("finance").get(f"/admin/ledger/entries/?account={odd}").status_code == 200
