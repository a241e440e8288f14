"""Applications at the desk: list, page, screening, assigning, proposing."""

import pytest

from grants.applications.services import drafts
from grants.awards.models import Decision
from grants.reviews.models import Assignment
from tests import cast
from tests.admin import clones
from tests.admin.conftest import (
    ODD_QUERIES,
    READERS,
    answers,
    errors_of,
    join,
    offered,
    open_to,
    told,
    without,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/applications/"


def page(application) -> str:
    return f"{LIST}{application.reference}/"


def listed(response) -> list[str]:
    return [row.reference for row in response.context["page"]]


@pytest.fixture
def closed():
    """A submitted application whose round has closed."""
    application = cast.submitted()
    cast.programs.close_round(application.round, by=cast.person("officer"))
    application.refresh_from_db()
    return application


def test_list_shows_what_was_submitted_and_no_drafts(at_desk):
    sent, draft = cast.submitted("ann"), cast.draft("bob")

    assert listed(at_desk("officer").get(LIST)) == [sent.reference]
    assert at_desk("officer").get(page(draft)).status_code == 404


def test_list_is_filtered_by_state_round_and_words(at_desk):
    ann = cast.submitted("ann")
    bob = cast.in_review("bob", round=cast.open_round("other"))
    officer = at_desk("officer")

    assert listed(officer.get(LIST, {"state": "in_review"})) == [bob.reference]
    assert listed(officer.get(LIST, {"round": "round-1"})) == [ann.reference]
    assert listed(officer.get(LIST, {"search": ann.reference.lower()})) == [ann.reference]
    assert listed(officer.get(LIST, {"search": "of BOB"})) == [bob.reference]
    assert listed(officer.get(LIST, {"search": "nothing"})) == []


def test_list_goes_on_by_key(at_desk):
    first = cast.submitted()
    clones.applications(first, 45)
    officer = at_desk("officer")

    newest = officer.get(LIST)
    older = officer.get(newest.context["page"].following)
    back = officer.get(older.context["page"].previous)

    assert (len(listed(newest)), len(listed(older))) == (30, 16)
    assert listed(older)[-1] == first.reference
    assert listed(back) == listed(newest)
    assert newest.context["page"].previous is None
    assert older.context["page"].following is None


def test_list_costs_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    first = cast.submitted()
    officer = at_desk("officer")
    with django_assert_num_queries(7):
        officer.get(LIST)

    clones.applications(first, 29)

    with django_assert_num_queries(7):
        assert len(listed(officer.get(LIST))) == 30


def test_page_shows_the_latest_submission_and_not_the_draft(at_desk):
    application = cast.submitted()
    drafts.save_answers(application, by=cast.person("applicant"), answers={"plan": "新的想法"})

    response = at_desk("officer").get(page(application))

    answers = {a.question.key: a for part in response.context["sent"] for a in part.answers}
    assert answers["plan"].value == cast.ANSWERS["plan"]
    assert [document.name for document in answers["proposal"].files] == ["proposal.pdf"]
    assert "新的想法" not in response.content.decode()


def test_page_costs_the_same_with_1_and_30_reviews(at_desk, django_assert_num_queries):
    application = cast.in_review()
    review = cast.reviewed(application)
    officer = at_desk("officer")
    with django_assert_num_queries(23):
        officer.get(page(application))

    clones.reviews_of(review, 29)

    with django_assert_num_queries(23):
        assert len(officer.get(page(application)).context["sheet"].rows) == 30


def test_officer_passes_an_application_to_review(at_desk, closed):
    response = at_desk("officer").post(page(closed) + "pass/")

    closed.refresh_from_db()
    assert (response.status_code, response.url) == (302, page(closed))
    assert closed.state == "in_review"


def test_not_eligible_needs_a_reason(at_desk, closed):
    response = at_desk("officer").post(page(closed) + "fail/", {"reason": " "})

    offer = next(o for o in response.context["offers"] if o.verb.name == "fail")
    closed.refresh_from_db()
    assert offer.form.errors == {"reason": ["This field is required."]}
    assert closed.state == "submitted"


def test_officer_finds_an_application_not_eligible(at_desk, closed):
    at_desk("officer").post(page(closed) + "fail/", {"reason": "Outside the fund."})

    closed.refresh_from_db()
    assert closed.state == "ineligible"


def test_officer_asks_for_more_information(at_desk, closed):
    at_desk("officer").post(page(closed) + "return/", {"reason": "Which team?"})

    closed.refresh_from_db()
    assert (closed.state, closed.return_reason) == ("returned", "Which team?")


def test_screening_is_refused_in_words_while_the_round_is_open(at_desk):
    application = cast.submitted()

    response = at_desk("officer").post(page(application) + "pass/")

    application.refresh_from_db()
    assert told(response) == [
        "The round is still open: applicants may change their answers until then."
    ]
    assert application.state == "submitted"


def test_pages_open_for_the_deciding_desk_only(at_desk, closed):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(page(closed), at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("name", ["pass", "return", "fail", "assign", "propose"])
def test_verb_is_shut_for_everybody_but_officers(at_desk, closed, name):
    others = without("officer")

    found = answers(f"{page(closed)}{name}/", {"reason": "x"}, of=others, at_desk=at_desk)

    closed.refresh_from_db()
    assert found == {handle: open_to()[handle] for handle in others}
    assert closed.state == "submitted"


def test_verbs_are_offered_to_officers_only(at_desk, closed):
    assert offered(page(closed), at_desk=at_desk) == {"officer": ["pass", "return", "fail"]}


def test_officer_of_the_applicant_finds_nothing_of_the_case_at_the_desk(at_desk):
    application = cast.in_review()
    cast.reviewed(application)
    join(application, "officer")
    officer = at_desk("officer")

    assert officer.get(page(application)).status_code == 404
    assert officer.post(page(application) + "propose/", {}).status_code == 404
    assert officer.post(page(application) + "assign/", {}).status_code == 404


def test_officer_asks_several_reviewers_at_once(at_desk):
    application = cast.in_review()
    both = [cast.person("reviewer").pk, cast.person("reviewer2").pk]

    at_desk("officer").post(page(application) + "assign/", {"reviewers": both})

    asked = Assignment.objects.filter(application=application)
    assert sorted(asked.values_list("reviewer", flat=True)) == sorted(both)


def test_reviewers_of_the_applicant_cannot_be_picked(at_desk):
    application = cast.in_review()
    reviewer = cast.person("reviewer")
    join(application, "reviewer")

    response = at_desk("officer").post(page(application) + "assign/", {"reviewers": [reviewer.pk]})

    assert list(errors_of(response, "assign")) == ["reviewers"]
    assert not Assignment.objects.exists()


def proposal(**changes) -> dict:
    words = {"outcome": "award", "amount": "100,000", "reasons": "Good.", "feedback": "Well done"}
    return words | changes


def test_officer_proposes_a_decision(at_desk):
    application = cast.in_review()
    cast.reviewed(application)

    response = at_desk("officer").post(page(application) + "propose/", proposal())

    decision = Decision.objects.get(application=application)
    assert response.status_code == 302
    assert (decision.outcome, str(decision.amount), decision.state) == (
        "award",
        "100000.00",
        "proposed",
    )


def test_refused_proposal_keeps_what_was_typed(at_desk):
    application = cast.in_review()
    cast.reviewed(application)

    response = at_desk("officer").post(page(application) + "propose/", proposal(amount="200000.01"))

    assert errors_of(response, "propose") == {
        "amount": ["This is more than the applicant asked for."]
    }
    assert response.context["propose"]["feedback"].value() == "Well done"
    assert not Decision.objects.exists()


def test_proposal_with_no_number_is_refused_in_words(at_desk):
    application = cast.in_review()
    cast.reviewed(application)

    response = at_desk("officer").post(page(application) + "propose/", proposal(amount="lots"))

    assert errors_of(response, "propose") == {"amount": ["Enter the amount of the award."]}


def test_second_proposal_is_refused_in_words_and_keeps_what_was_typed(at_desk):
    decision = cast.proposed()

    response = at_desk("officer").post(page(decision.application) + "propose/", proposal())

    assert told(response) == ["There is a decision for this application already."]
    assert response.context["propose"]["reasons"].value() == "Good."
    assert Decision.objects.get() == decision


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("propose", "A decision is proposed while the application is in review."),
        ("assign", "Reviewers are assigned once the application has passed the screening."),
    ],
)
def test_verb_that_came_too_late_is_refused_in_words(at_desk, name, sentence):
    application = cast.in_review()
    sent = proposal(reviewers=[cast.person("reviewer").pk])
    drafts.withdraw(application, by=cast.person())

    response = at_desk("officer").post(f"{page(application)}{name}/", sent)

    assert told(response) == [sentence]
    assert (Decision.objects.count(), Assignment.objects.count()) == (0, 0)


def test_unknown_application_or_verb_is_not_found(at_desk, closed):
    officer = at_desk("officer")

    assert officer.post(page(closed) + "erase/").status_code == 404
    assert officer.get(f"{LIST}%00/").status_code == 404
    assert officer.get(page(closed) + "pass/").url == page(closed)


@pytest.mark.parametrize("query", [*ODD_QUERIES, "round=%00", "round=no", "search=%00"])
def test_odd_query_is_no_error(at_desk, query):
    assert at_desk("officer").get(f"{LIST}?{query}").status_code == 200
