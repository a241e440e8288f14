"""Reviews at the desk: reviewers answer and step back; the desk reads what was submitted."""

import pytest

from grants.accounts.models import Organisation
from grants.applications.services.drafts import withdraw
from grants.reviews import services
from grants.reviews.models import Assignment, Review
from tests import cast
from tests.admin import clones
from tests.admin.conftest import (
    ODD_QUERIES,
    READERS,
    answers,
    beside,
    form_of,
    join,
    offered,
    open_to,
    told,
    verbs_on,
    without,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/reviews/"
WHY = {"reason": "We founded a company together."}


def page(review) -> str:
    return f"{LIST}{review.pk}/"


def verb(review, name: str) -> str:
    return f"{page(review)}{name}/"


def case_of(review) -> str:
    return f"/admin/applications/{review.assignment.application.reference}/"


def listed(response) -> list[int]:
    return [review.pk for review in response.context["page"]]


def state_of(review) -> str:
    return Assignment.objects.get(review=review).state


@pytest.fixture
def invited():
    return cast.assigned(cast.in_review()).review


@pytest.fixture
def submitted():
    return cast.reviewed(cast.in_review())


def test_list_shows_the_own_reviews_that_stand(at_desk):
    round = cast.open_round()
    cases = [cast.submitted(owner, round=round) for owner in ("ann", "bob", "eve")]
    ann, bob, eve = [cast.assigned(cast.screened(case)) for case in cases]
    cast.assigned(eve.application, "reviewer2")
    by = cast.person("reviewer")
    services.decline(bob, by=by)

    assert listed(at_desk("reviewer").get(LIST)) == [eve.review.pk, ann.review.pk]
    assert listed(at_desk("reviewer3").get(LIST)) == []


def test_reviewer_accepts_and_can_score(at_desk, invited):
    reviewer = at_desk("reviewer")
    before = reviewer.get(page(invited))
    assert (verbs_on(before), before.context["form"]) == (["accept", "decline", "recuse"], None)

    response = reviewer.post(verb(invited, "accept"), follow=True)

    assert response.redirect_chain == [(page(invited), 302)]
    assert told(response) == ["Thank you. You can give your scores now."]
    assert state_of(invited) == "accepted"
    assert verbs_on(response) == ["recuse"]
    assert [criterion.key for criterion, *_ in response.context["form"].rows()] == ["value", "team"]


@pytest.mark.parametrize(
    ("name", "sent", "state", "sentence"),
    [
        ("decline", {}, "declined", "You declined. The officers will ask somebody else."),
        ("decline", WHY, "declined", "You declined. The officers will ask somebody else."),
        (
            "recuse",
            WHY,
            "recused",
            "You stepped back. You see nothing of that application any more.",
        ),
    ],
)
def test_who_steps_back_sees_nothing_any_more(at_desk, invited, name, sent, state, sentence):
    reviewer = at_desk("reviewer")

    response = reviewer.post(verb(invited, name), sent, follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert (told(response), listed(response)) == ([sentence], [])
    assignment = Assignment.objects.get()
    assert (assignment.state, assignment.reason) == (state, sent.get("reason", ""))
    assert reviewer.get(page(invited)).status_code == 404
    assert reviewer.post(verb(invited, name), sent).status_code == 404
    assert reviewer.post(page(invited), {"send": ""}).status_code == 404


def test_recusing_after_the_review_was_sent_hides_it_too(at_desk, submitted):
    reviewer = at_desk("reviewer")
    assert verbs_on(reviewer.get(page(submitted))) == ["recuse"]

    reviewer.post(verb(submitted, "recuse"), WHY)

    assert state_of(submitted) == "recused"
    assert reviewer.get(page(submitted)).status_code == 404


@pytest.mark.parametrize(
    ("name", "reason", "label", "sentence"),
    [
        ("recuse", " ", "What the conflict is", "This field is required."),
        (
            "decline",
            "x" * 1001,
            "Reason",
            "Ensure this value has at most 1000 characters (it has 1001).",
        ),
    ],
)
def test_stepping_back_without_proper_words_is_refused(
    at_desk, invited, name, reason, label, sentence
):
    response = at_desk("reviewer").post(verb(invited, name), {"reason": reason})

    assert beside(response, f"id_{name}_reason") == f"Error: {sentence}"
    assert told(response) == [f"{label}: {sentence}"]
    assert form_of(response, name)["reason"].value() == reason
    assert state_of(invited) == "invited"


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_answer_given_twice_is_refused_in_words(at_desk, invited, name):
    services.accept(invited.assignment, by=cast.person("reviewer"))

    response = at_desk("reviewer").post(verb(invited, name))

    assert told(response) == ["This is no longer possible: it is now “Accepted”. Reload the page."]
    assert state_of(invited) == "accepted"


def test_list_opens_for_reviewers_only(at_desk, invited):
    assert answers(LIST, at_desk=at_desk) == open_to("reviewer")


def test_draft_is_found_by_its_reviewer_only(at_desk, invited):
    others = [*READERS, "reviewer2"]

    assert answers(page(invited), at_desk=at_desk, of=others) == dict.fromkeys(others, 404)
    sent = answers(verb(invited, "accept"), {}, at_desk=at_desk, of=others)
    assert sent == dict.fromkeys(others, 404)
    sent = answers(page(invited), {"save": "", "comment": "x"}, at_desk=at_desk, of=others)
    assert sent == dict.fromkeys(others, 404)
    assert (state_of(invited), Review.objects.get().comment) == ("invited", "")


def test_submitted_review_is_read_by_the_deciding_desk(at_desk, submitted):
    found = answers(page(submitted), at_desk=at_desk)

    assert found == open_to(*READERS, "reviewer")
    assert at_desk("reviewer2").get(page(submitted)).status_code == 404


def test_desk_that_posts_a_review_only_reads_it(at_desk, submitted):
    before = Review.objects.values().get()

    response = at_desk("officer").post(page(submitted), {"save": "", "comment": "Changed."})

    assert (response.status_code, verbs_on(response)) == (200, ["reopen"])
    assert Review.objects.values().get() == before


def test_verbs_are_shut_for_everybody_else(at_desk, submitted):
    others = without("officer", "reviewer")

    found = answers(verb(submitted, "reopen"), WHY, of=others, at_desk=at_desk)

    assert found == {handle: open_to()[handle] for handle in others}
    assert at_desk("reviewer").post(verb(submitted, "reopen"), WHY).status_code == 404
    assert at_desk("reviewer2").post(verb(submitted, "reopen"), WHY).status_code == 404
    assert at_desk("officer").post(verb(submitted, "accept")).status_code == 404
    assert at_desk("officer").get(verb(submitted, "reopen")).url == page(submitted)
    assert Review.objects.get().state == "submitted"


def test_reopening_is_offered_to_officers_only(at_desk, submitted):
    assert offered(page(submitted), at_desk=at_desk) == {"officer": ["reopen"]}


def test_officer_reopens_a_review(at_desk, submitted):
    officer = at_desk("officer")

    response = officer.post(verb(submitted, "reopen"), WHY, follow=True)

    assert response.redirect_chain == [(case_of(submitted), 302)]
    assert told(response) == ["The reviewer can change the review again."]
    assert (Review.objects.get().state, state_of(submitted)) == ("draft", "accepted")
    assert officer.post(verb(submitted, "reopen"), WHY).status_code == 404


def test_reopening_without_a_reason_is_refused_beside_it(at_desk, submitted):
    response = at_desk("officer").post(verb(submitted, "reopen"), {"reason": " "})

    assert beside(response, "id_reopen_reason") == "Error: This field is required."
    assert Review.objects.get().state == "submitted"


def test_reopening_after_the_review_ended_is_refused_in_words(at_desk, submitted):
    withdraw(submitted.assignment.application, by=cast.person())
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(submitted))) == []

    response = officer.post(verb(submitted, "reopen"), WHY)

    assert told(response) == ["This application is no longer in review."]
    assert form_of(response, "reopen")["reason"].value() == WHY["reason"]
    assert Review.objects.get().state == "submitted"


def test_officer_of_the_applicant_finds_no_review(at_desk, submitted):
    join(submitted.assignment.application, "officer")
    officer = at_desk("officer")

    assert officer.get(page(submitted)).status_code == 404
    assert officer.post(verb(submitted, "reopen"), WHY).status_code == 404
    assert Review.objects.get().state == "submitted"


@pytest.mark.parametrize("is_blind", [True, False])
def test_blind_round_hides_who_applies(at_desk, is_blind):
    round = cast.open_round(is_blind=is_blind)
    review = cast.assigned(cast.in_review("ann", round=round)).review
    Organisation.objects.update(name="Zhao Works")

    response = at_desk("reviewer").get(page(review))

    text = response.content.decode()
    assert response.context["blind"] is is_blind
    assert [word in text for word in ("Zhao Works", "proposal.pdf", "ann@test.example")] == [
        not is_blind,
        not is_blind,
        False,
    ]
    assert "Zhao Works" not in at_desk("reviewer").get(LIST).content.decode()


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_odd_query_is_no_error(at_desk, invited, query):
    assert at_desk("reviewer").get(f"{LIST}?{query}").status_code == 200


def test_pages_cost_the_same_at_1_and_30_rows(at_desk, submitted, django_assert_num_queries):
    reviewer, auditor = at_desk("reviewer"), at_desk("auditor")
    with django_assert_num_queries(4):  # session, person, roles, reviews
        reviewer.get(LIST)
    with django_assert_num_queries(11):
        reviewer.get(page(submitted))
    with django_assert_num_queries(6):  # … review, scores, criteria
        auditor.get(page(submitted))

    clones.reviews(submitted, 29)
    clones.criteria(submitted, 28)

    with django_assert_num_queries(4):
        assert len(listed(reviewer.get(LIST))) == 30
    with django_assert_num_queries(11):
        assert len(reviewer.get(page(submitted)).context["review"].scores.all()) == 30
    with django_assert_num_queries(6):
        auditor.get(page(submitted))
