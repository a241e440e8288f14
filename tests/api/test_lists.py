import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grants.ledger.models import LedgerAccount
from tests import cast
from tests.api.calls import ROOT, Caller, check_answer, problem

pytestmark = pytest.mark.django_db
OWNERS = ["applicant", *(f"owner{number}" for number in range(2, 31))]


def walk(caller, address: str) -> list[list]:
    """The ids of each page, from the first to the last."""
    pages, link = [], ROOT + address
    while link:
        body = caller.client.get(link).json()
        pages.append([row["id"] for row in body["results"]])
        link = body["next"]
    return pages


@pytest.fixture
def five():
    for number in range(5):
        cast.individual(f"person{number}")


def test_pages_are_walked_forward_and_back(five):
    caller = Caller("officer")

    pages = walk(caller, "organisations/?limit=2")
    last = caller.client.get(ROOT + "organisations/?limit=2").json()
    last = caller.client.get(caller.client.get(last["next"]).json()["next"]).json()
    back = caller.client.get(last["previous"]).json()

    ids = sorted((row for page in pages for row in page), reverse=True)
    assert pages == [ids[:2], ids[2:4], ids[4:]]
    assert [row["id"] for row in back["results"]] == ids[2:4]
    first = caller.client.get(back["previous"]).json()
    assert ([row["id"] for row in first["results"]], first["previous"]) == (ids[:2], None)


def test_row_that_is_added_meanwhile_moves_nothing(five):
    caller = Caller("officer")
    page = caller.client.get(ROOT + "organisations/?limit=3").json()
    cast.individual("late")

    rest = caller.client.get(page["next"]).json()

    seen = [row["id"] for row in page["results"] + rest["results"]]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 5


def test_list_by_two_keys_is_walked():
    for number in range(3):
        cast.named_payee(f"person{number}")

    pages = walk(Caller("finance"), "payees/?limit=1")

    assert [len(page) for page in pages] == [1, 1, 1]
    assert len({row for page in pages for row in page}) == 3


@pytest.mark.parametrize("cursor", ["x", "", "W10=", "WyJuIiwiYSJd", "WyJuIiwgIjEiLCAiMiJd", "é"])
def test_wrong_cursor_is_400(cursor):
    response = Caller("officer").get("organisations/", cursor=cursor)

    assert problem(response) == (400, "invalid", [("cursor", "invalid")])


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1", "1.5", "９"])
def test_wrong_limit_is_400(limit):
    assert problem(Caller("officer").get("rounds/", limit=limit)) == (
        400,
        "invalid",
        [("limit", "invalid")],
    )


@pytest.mark.parametrize(
    ("address", "name", "value"),
    [
        ("applications", "state", "nonsense"),
        ("applications", "organisation", "x"),
        ("milestones", "due_before", "tomorrow"),
        ("milestones", "is_late", "perhaps"),
        ("payouts", "paid_from", "x"),
        ("payouts", "state", "gone"),
        ("ledger/accounts", "place", "moon"),
        ("rounds", "unknown", "1"),
    ],
)
def test_wrong_filter_is_400_with_its_name(address, name, value):
    response = Caller("finance").get(f"{address}/", **{name: value})

    assert [field for field, _code in problem(response)[2]] == [name]


def test_filters_leave_what_fits():
    first, second = cast.draft("one"), cast.submitted("two")
    caller = Caller("officer")

    def references(**filters):
        rows = caller.get("applications/", **filters).json()["results"]
        return [row["reference"] for row in rows]

    assert references() == [second.reference]
    assert references(state="submitted", round="round-1") == [second.reference]
    assert references(state="draft") == []
    assert references(organisation=first.organisation_id) == []


def test_lists_cost_the_same_at_one_and_at_thirty_rows():
    caller = Caller("finance")
    reviewer = Caller("reviewer")
    costs = {
        "organisations/": 5,
        "rounds/": 3,
        "applications/": 6,
        "assignments/": 3,
        "reviews/": 5,
        "decisions/": 4,
        "awards/": 4,
        "milestones/": 6,
        "payees/": 5,
        "payouts/": 3,
        "payout-batches/": 3,
        "ledger/accounts/": 3,
        "ledger/entries/": 5,
    }

    def measured() -> dict:
        found = {}
        for address in costs:
            caller.get(address)
            with CaptureQueriesContext(connection) as queries:
                response = caller.client.get(ROOT + address + "?limit=200")
            check_answer("get", ROOT + address, response)
            found[address] = len(queries)
        return found

    grants(OWNERS[:1])
    assert measured() == costs
    grants(OWNERS[1:])
    assert measured() == costs
    assert len(caller.get("payouts/").json()["results"]) == 30
    assert len(reviewer.get("reviews/").json()["results"]) == 30
    assert LedgerAccount.objects.count() > 60


def grants(owners: list[str]) -> None:
    """Brings each owner's grant to a payout in a batch of its own."""
    for owner in owners:
        slug = f"round-{owner}"
        cast.batch_of(cast.due_payout(owner, round=cast.open_round(slug)))
