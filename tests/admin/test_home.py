"""The home page: what waits for whom."""

import pytest

from tests import cast
from tests.admin import clones

pytestmark = pytest.mark.django_db


def waiting(browser) -> dict[str, int]:
    return {card.title: card.count for card in browser.get("/admin/").context["waiting"]}


def test_home_is_empty_where_nothing_waits(at_desk):
    assert waiting(at_desk("officer")) == {}


def test_officer_is_told_of_an_application_to_screen(at_desk):
    application = cast.submitted()
    officer = at_desk("officer")
    assert waiting(officer) == {}

    cast.programs.close_round(application.round, by=cast.person("officer"))

    assert waiting(officer) == {"Applications to screen": 1}


def test_officer_is_told_of_cases_in_review(at_desk):
    application = cast.in_review()
    officer = at_desk("officer")
    assert waiting(officer) == {"Applications that need reviewers": 1}

    cast.reviewed(application)
    cast.reviewed(application, "reviewer2")

    assert waiting(officer) == {"Applications ready to decide": 1}


def test_reviewer_is_told_of_invitations_and_open_reviews(at_desk):
    assignment = cast.assigned(cast.in_review())
    reviewer = at_desk("reviewer")
    assert waiting(reviewer) == {"You are asked to review": 1}

    cast.reviews.accept(assignment, by=cast.person("reviewer"))

    assert waiting(reviewer) == {"Reviews to finish": 1}
    assert waiting(at_desk("reviewer2")) == {}


def test_approver_is_told_of_proposals_and_then_of_releases(at_desk):
    decision = cast.proposed()
    approver = at_desk("approver")
    assert waiting(approver) == {"Decisions to confirm": 1}

    cast.awards.confirm(decision, by=cast.person("approver"))

    assert waiting(approver) == {"Decisions to release": 1}


def test_officer_is_told_of_reports_and_draft_rounds(at_desk):
    cast.reported()
    cast.draft_round("later")

    found = waiting(at_desk("officer"))

    assert found == {"Milestone reports to judge": 1, "Rounds to open": 1}


def test_report_to_an_ended_award_waits_for_nobody(at_desk):
    milestone = cast.reported()

    cast.awards.terminate(milestone.award, by=cast.person("officer"), reason="x")

    assert waiting(at_desk("officer")) == {}


def test_home_costs_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    first = cast.in_review()
    officer = at_desk("officer")
    officer.get("/admin/")
    with django_assert_num_queries(25):
        officer.get("/admin/")

    clones.applications(first, 29)

    with django_assert_num_queries(25):
        officer.get("/admin/")
