"""The scores of one review: a draft is kept, a complete one is sent, a wrong one is said why."""

import pytest

from grants.applications.services.drafts import withdraw
from grants.reviews import services
from grants.reviews.models import Assignment, Review
from tests import cast
from tests.admin import clones
from tests.admin.conftest import beside, errors_of, told

pytestmark = pytest.mark.django_db

WHOLE = {
    "score_value": "4",
    "note_value": "Useful.",
    "score_team": "3.5",
    "recommendation": "fund_in_part",
    "amount": "80000.50",
    "confidence": "3",
    "comment": "Good.",
}


@pytest.fixture
def review():
    assignment = cast.assigned(cast.in_review())
    services.accept(assignment, by=cast.person("reviewer"))
    return assignment.review


@pytest.fixture
def reviewer(at_desk):
    return at_desk("reviewer")


def page(review) -> str:
    return f"/admin/reviews/{review.pk}/"


def send(reviewer, review, button: str = "send", **changes):
    return reviewer.post(page(review), WHOLE | changes | {button: ""})


def scores() -> dict[str, tuple]:
    rows = Review.objects.get().scores.order_by("criterion__position")
    return {
        row.criterion.key: (None if row.value is None else str(row.value), row.comment)
        for row in rows
    }


def stored() -> tuple:
    review = Review.objects.get()
    return review.state, review.recommendation, review.amount, review.confidence, review.comment


def test_whole_review_is_submitted(reviewer, review):
    response = send(reviewer, review)

    shown = reviewer.get(page(review))
    assert response.url == page(review)
    assert told(shown) == ["Your review is submitted. Thank you."]
    assert (shown.context["form"], shown.context["review"].state) == (None, "submitted")
    assert Assignment.objects.get().state == "completed"
    assert scores() == {"value": ("4.0", "Useful."), "team": ("3.5", "")}
    state, *rest, amount, confidence, comment = stored()
    assert (state, rest, str(amount)) == ("submitted", ["fund_in_part"], "80000.50")
    assert (confidence, comment) == (3, "Good.")


def test_draft_is_kept_and_shown_again(reviewer, review):
    response = send(reviewer, review, "save", score_team="", recommendation="", comment="")

    shown = reviewer.get(page(review))
    form = shown.context["form"]
    assert response.url == page(review)
    assert told(shown) == ["Your draft is saved."]
    assert Review.objects.get().state == "draft"
    assert scores() == {"value": ("4.0", "Useful.")}
    assert str(form["score_value"].value()) == "4.0"
    assert (form["note_value"].value(), form["confidence"].value()) == ("Useful.", 3)


def test_not_applicable_is_kept_and_counts_as_scored(reviewer, review):
    send(reviewer, review, score_team="", na_team="on")

    assert stored()[0] == "submitted"
    assert scores() == {"value": ("4.0", "Useful."), "team": (None, "")}


def test_amount_can_be_taken_back(reviewer, review):
    send(reviewer, review, "save")

    send(reviewer, review, "save", amount="")

    assert stored()[2] is None


def test_unfinished_review_is_refused_beside_each_field_and_kept_as_a_draft(reviewer, review):
    response = send(reviewer, review, score_value="", note_value="", recommendation="", comment=" ")

    assert errors_of(response) == {
        "score_value": ["Give a score."],
        "recommendation": ["Choose a recommendation."],
        "comment": ["Write a few words about why."],
    }
    assert beside(response, "id_score_value") == "Error: Give a score."
    assert response.context["form"]["score_team"].value() == "3.5"
    assert (stored()[0], scores()) == ("draft", {"team": ("3.5", "")})
    assert Assignment.objects.get().state == "accepted"


@pytest.mark.parametrize("button", ["save", "send"])
@pytest.mark.parametrize(
    ("field", "changes", "sentence"),
    [
        ("score_value", {"score_value": "5.5"}, "Ensure this value is less than or equal to 5."),
        ("score_value", {"score_value": "-1"}, "Ensure this value is greater than or equal to 0."),
        ("score_value", {"score_value": "high"}, "Enter a number."),
        (
            "score_value",
            {"score_value": "1.25"},
            "Ensure that there are no more than 1 decimal place.",
        ),
        (
            "score_value",
            {"na_value": "on"},
            "Give a score or say “not applicable”, not both.",
        ),
        ("score_value", {"score_value": ""}, "Give a score, so that your words can be kept."),
        ("amount", {"amount": "500000.01"}, "Enter an amount between ¥0.00 and ¥500,000.00."),
        ("amount", {"amount": "lots"}, "Enter a number."),
        (
            "recommendation",
            {"recommendation": "maybe"},
            "Select a valid choice. maybe is not one of the available choices.",
        ),
        (
            "confidence",
            {"confidence": "9"},
            "Select a valid choice. 9 is not one of the available choices.",
        ),
        (
            "comment",
            {"comment": "x" * 5001},
            "Ensure this value has at most 5000 characters (it has 5001).",
        ),
    ],
)
def test_wrong_value_is_refused_beside_its_field_and_nothing_is_kept(
    reviewer, review, button, field, changes, sentence
):
    response = send(reviewer, review, button, **changes)

    assert errors_of(response) == {field: [sentence]}
    assert beside(response, f"id_{field}") == f"Error: {sentence}"
    typed = response.context["form"]
    assert {name: typed[name].value() for name in WHOLE} == {
        name: (WHOLE | changes)[name] for name in WHOLE
    }
    assert (stored(), scores()) == (("draft", "", None, None, ""), {})


def test_second_press_of_submit_is_refused_in_words(reviewer, review):
    send(reviewer, review)
    reviewer.get(page(review))  # shows that it was submitted
    before = stored(), scores()

    response = send(reviewer, review, comment="Better words.")

    assert told(response) == ["You have submitted this review. Ask an officer to reopen it."]
    assert response.context["form"]["comment"].value() == "Better words."
    assert (stored(), scores()) == before


def test_review_that_came_too_late_is_refused_and_keeps_the_words(reviewer, review):
    withdraw(review.assignment.application, by=cast.person())

    response = send(reviewer, review)

    assert told(response) == ["This application is no longer in review."]
    assert response.context["form"]["comment"].value() == "Good."
    assert (stored(), scores()) == (("draft", "", None, None, ""), {})
    assert reviewer.get(page(review)).context["form"] is None


def test_page_costs_the_same_at_2_and_30_criteria(reviewer, review, django_assert_num_queries):
    send(reviewer, review, "save")
    reviewer.get(page(review))
    with django_assert_num_queries(12):
        reviewer.get(page(review))

    clones.criteria(review, 28)

    with django_assert_num_queries(12):
        assert len(reviewer.get(page(review)).context["form"].rows()) == 30
