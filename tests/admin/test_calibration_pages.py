"""The calibration of a round at the desk, and a reviewer's own figures."""

import pytest
from bs4 import BeautifulSoup

from grants.events.services import advance
from grants.reviews.models import CalibrationRun, ReviewerStanding
from grants.reviews.services.calibrating import work
from tests import cast
from tests.admin.conftest import READERS, answers, open_to
from tests.reviews.test_calibrating import asked, calibrated, reviewed_round

pytestmark = pytest.mark.django_db
PAGE = "/admin/rounds/round-1/calibration/"
OWN = "/admin/my-calibration/"
HELP = "/admin/calibration-explained/"
COST = 11


@pytest.fixture
def done():
    return calibrated(reviewed_round())


def rows(response) -> list[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return [cell.get_text(strip=True) for cell in page.select("tbody th")]


@pytest.mark.parametrize("address", [PAGE, PAGE + "progress/"])
def test_figures_are_for_readers_of_the_desk(done, at_desk, address):
    assert answers(address, at_desk=at_desk) == open_to(*READERS)


def test_own_figures_are_for_reviewers(done, at_desk):
    assert answers(OWN, at_desk=at_desk) == open_to("reviewer")


def test_strictest_comes_first(done, at_desk):
    response = at_desk("officer").get(PAGE)

    assert rows(response) == [str(cast.person("reviewer")), str(cast.person("reviewer2"))]


def test_reviewer_sees_the_own_figures_alone(done, at_desk):
    page = at_desk("reviewer").get(OWN).content.decode()

    assert "10.00" in page
    assert str(cast.person("reviewer2")) not in page


def test_officer_asks_and_the_page_asks_again_until_done(at_desk):
    round = reviewed_round()
    officer = at_desk("officer")

    response = officer.post(PAGE + "again/")

    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert 'hx-trigger="every 2s"' in officer.get(PAGE).content.decode()
    work()
    part = officer.get(PAGE + "progress/").content.decode()
    assert "hx-trigger" not in part
    assert round.calibrations.get().state == "done"


@pytest.mark.parametrize("handle", ["approver", "reviewer", "auditor"])
def test_others_may_not_ask(at_desk, handle):
    reviewed_round()

    assert at_desk(handle).post(PAGE + "again/").status_code == 403
    assert not CalibrationRun.objects.exists()


def test_round_without_reviews_says_so(at_desk):
    cast.in_review()

    at_desk("officer").post(PAGE + "again/")

    assert not CalibrationRun.objects.exists()


def test_pages_before_the_first_run(at_desk):
    cast.open_round()

    assert at_desk("officer").get(PAGE).status_code == 200
    assert at_desk("reviewer").get(OWN).status_code == 200
    assert at_desk("reviewer").get(HELP).status_code == 200


def test_stale_figures_are_marked(done, at_desk):
    done.round.budget += 1
    done.round.save(update_fields=["budget"])

    assert "notice-care" in at_desk("officer").get(PAGE).content.decode()


def test_page_costs_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    run = asked(reviewed_round())
    officer = at_desk("officer")
    advance(run, "begin", by=None)
    advance(run, "finish", by=None)
    add_standing(run, 1)
    officer.get(PAGE)
    with django_assert_num_queries(COST):
        officer.get(PAGE)

    for number in range(2, 31):
        add_standing(run, number)
    with django_assert_num_queries(COST):
        officer.get(PAGE)


def add_standing(run, number: int) -> None:
    reader = cast.person(f"reader{number}")
    ReviewerStanding.objects.create(run=run, reviewer=reader, reviews=1, severity=number)
