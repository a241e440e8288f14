"""The fairness report: what is counted, what is hidden, and who reads it."""

import pytest

from grants.events.models import Event
from grants.reports.fairness import fairness_of
from tests import boards, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PAGE = "/admin/rounds/round-1/fairness/"


def rows_of(report, title: str) -> dict:
    return dict(next(table.rows for table in report.tables if table.title == title))


def test_small_groups_are_hidden_on_the_page_and_in_the_file(at_desk):
    round = boards.round_in_review()
    browser = at_desk("officer")

    report = fairness_of(round, cast.person("officer"))
    sent = browser.post(PAGE + "export/")

    assert report.total.is_hidden
    assert all(rate.is_hidden for table in report.tables for _name, rate in table.rows)
    assert "hidden" in browser.get(PAGE).content.decode()
    assert ",4," not in sent.content.decode()
    assert Event.objects.filter(kind="round.export_fairness").exists()


def test_counts_by_the_line_until_something_is_decided():
    round = boards.round_in_review()
    boards.copies(boards.case_of("ann"), 6)

    report = fairness_of(round, cast.person("officer"))

    kinds = rows_of(report, "Kind of applicant")
    assert not report.is_decided
    assert (report.total.count, report.total.successes) == (10, 2)
    assert (kinds["Individual developer"].count, kinds["Individual developer"].rate) == (10, 0.2)
    assert rows_of(report, "Category")["Tools"].count == 10


def test_case_that_is_kept_from_somebody_is_in_no_count():
    round = boards.round_in_review()
    boards.copies(boards.case_of("ann"), 6)
    boards.bar("officer", boards.case_of("ann"))

    report = fairness_of(round, cast.person("officer"))

    assert report.total.count == 9
