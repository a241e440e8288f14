"""The board of a round: its doors, its order, its line, and what a conflict hides of it."""

import io
import zipfile

import pytest
from bs4 import BeautifulSoup

from grants.events.models import Event
from tests import boards, cast
from tests.admin.conftest import READERS, answers, errors_of, open_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ROUND = "/admin/rounds/round-1/"
BOARD = ROUND + "board/"
PAGES = [BOARD, BOARD + "cut/", BOARD + "plots/", ROUND + "fairness/", ROUND + "meetings/"]
QUERIES = 14


def owners(response) -> list[str]:
    return [row.application.created_by.name for row in response.context["page"]]


def places(response) -> list[int]:
    return [row.place.number for row in response.context["page"]]


@pytest.mark.parametrize("url", PAGES)
def test_page_is_for_the_desk(at_desk, url):
    cast.open_round()

    assert answers(url, at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("url", PAGES)
def test_page_of_no_round_is_not_found(at_desk, url):
    assert at_desk("officer").get(url).status_code == 404


@pytest.mark.parametrize("url", PAGES)
def test_page_of_an_empty_round(at_desk, url):
    cast.open_round()

    assert at_desk("officer").get(url).status_code == 200


@pytest.mark.parametrize("is_calibrated", [False, True])
def test_best_stand_first_and_the_line_below_the_last_that_fits(at_desk, is_calibrated):
    round = boards.round_in_review()
    if is_calibrated:
        boards.calibrated(round)

    page = at_desk("officer").get(BOARD)

    assert owners(page) == ["ann", "ben", "cat", "dan"]
    assert [row.line for row in page.context["page"]] == [False, True, False, False]
    assert [row.place.total for row in page.context["page"]] == [200000, 400000, 600000, 800000]
    assert page.context["left"] == 100000
    assert bool(page.context["run"]) == is_calibrated
    assert ("Raw scores only" in page.content.decode()) != is_calibrated


def test_stale_ranking_says_so(at_desk):
    round = boards.round_in_review()
    boards.calibrated(round)
    boards.bar("reviewer", boards.case_of("dan"))

    assert "Reviews changed after this" in at_desk("officer").get(BOARD).content.decode()


@pytest.mark.parametrize("is_calibrated", [False, True])
def test_conflict_leaves_no_row_no_gap_and_no_sum(at_desk, is_calibrated):
    round = boards.round_in_review()
    if is_calibrated:
        boards.calibrated(round)
    case = boards.case_of("ben")
    boards.bar("officer", case)
    browser = at_desk("officer")

    page = browser.get(BOARD)

    assert owners(page) == ["ann", "cat", "dan"]
    assert places(page) == [1, 2, 3]
    assert page.context["page"].rows[1].place.total == 400000
    for url in PAGES:
        assert case.reference not in browser.get(url).content.decode()
    sent = browser.post(BOARD + "export/", {"format": "csv"})
    assert case.reference.encode() not in b"".join(sent.streaming_content)


@pytest.mark.parametrize("is_calibrated", [False, True])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("band=above", ["ann", "ben"]),
        ("band=below", ["cat", "dan"]),
        ("category=tools", ["ann", "ben", "cat", "dan"]),
        ("state=undecided", ["ann", "ben", "cat", "dan"]),
        ("state=confirmed", []),
        ("search=app of cat", ["cat"]),
        ("only=disagree", []),
        ("order=raw", ["ann", "ben", "cat", "dan"]),
    ],
)
def test_filters(at_desk, is_calibrated, query, found):
    round = boards.round_in_review()
    if is_calibrated:
        boards.calibrated(round)

    assert owners(at_desk("officer").get(f"{BOARD}?{query}")) == found


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=1.", "after=" + "9" * 500, "before=²", "category=nothing", "state=%00",
     "search=%00", "order=x", "after=1.99999999999999999999"],
)  # fmt: skip
def test_odd_addresses_break_nothing(at_desk, query):
    boards.round_in_review()

    assert at_desk("officer").get(f"{BOARD}?{query}").status_code == 200


def test_word_that_is_too_short_is_said_beside_its_field(at_desk):
    boards.round_in_review()

    page = at_desk("officer").get(BOARD + "?search=a")

    assert errors_of(page)["search"] == ["Search for words of at least two characters."]


def test_pages_by_key_there_and_back(at_desk):
    round = boards.round_in_review()
    boards.copies(boards.case_of("ann"), 40)
    browser = at_desk("officer")

    first = browser.get(BOARD)
    second = browser.get(first.context["page"].following)
    back = browser.get(second.context["page"].previous)

    assert (len(places(first)), places(second)) == (30, list(range(31, 45)))
    assert places(back) == places(first)
    assert second.context["page"].following is None
    assert back.context["page"].previous is None
    assert round.applications.count() == 44


@pytest.mark.parametrize("more", [0, 30])
def test_as_many_queries_at_any_number_of_rows(at_desk, django_assert_num_queries, more):
    round = boards.round_in_review()
    run = boards.calibrated(round)
    boards.stand(run, boards.copies(boards.case_of("ann"), more))
    browser = at_desk("officer")

    with django_assert_num_queries(QUERIES):
        page = browser.get(BOARD)
    assert len(places(page)) == min(4 + more, 30)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_file_disarms_formulas_and_is_recorded(at_desk, form):
    boards.round_in_review()
    case = boards.case_of("ann")
    case.title = "=1+1"
    case.save(update_fields=["title"])

    sent = at_desk("officer").post(BOARD + "export/", {"format": form})

    content = b"".join(sent.streaming_content)
    if form == "xlsx":
        content = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in content
    else:
        assert b",'=1+1," in content
    assert Event.objects.get(kind="round.export_board").data["rows"] == 4


def test_file_of_another_kind_is_refused(at_desk):
    cast.open_round()

    assert at_desk("officer").post(BOARD + "export/", {"format": "exe"}).status_code == 302
    assert at_desk("officer").get(BOARD + "export/").status_code == 405


def test_cut_says_who_comes_in_and_who_falls_out(at_desk):
    boards.calibrated(boards.round_in_review())
    browser = at_desk("officer")

    more = browser.get(BOARD + "cut/?budget=600000")
    less = browser.get(BOARD + "cut/?budget=200000")
    wrong = browser.get(BOARD + "cut/?budget=x&floor=101&reviews=-1")

    assert more.context["entering"] == {boards.case_of("cat").pk}
    assert less.context["leaving"] == {boards.case_of("ben").pk}
    assert set(errors_of(wrong)) == {"budget", "floor", "reviews"}


def test_plots_stand_beside_their_tables(at_desk):
    boards.calibrated(boards.round_in_review())

    page = BeautifulSoup(at_desk("officer").get(BOARD + "plots/").content, "html.parser")

    drawn = [box["data-plot"] for box in page.select("[data-plot]")]
    assert drawn == [script["id"] for script in page.select("script[type='application/json']")]
    assert len(page.select("details table")) == len(drawn)
