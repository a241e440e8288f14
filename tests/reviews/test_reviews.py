"""Scoring: within the scale, weighted, complete, locked, reopened."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from grants.applications.services.drafts import withdraw
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.models import Criterion
from grants.reviews.models import Review, Score, weighted_mean
from grants.reviews.selectors import score_sheet
from grants.reviews.services import accept, reopen_review, save_review, submit_review
from tests import cast

pytestmark = pytest.mark.django_db


def draft_review() -> Review:
    assignment = cast.assigned(cast.in_review())
    accept(assignment, by=cast.person("reviewer"))
    return assignment.review


def marks(review: Review) -> dict[str, str]:
    return {
        score.criterion.key: str(score.value)
        for score in review.scores.select_related("criterion").order_by("criterion__key")
    }


def save(review: Review, **columns) -> None:
    save_review(review, by=cast.person("reviewer"), **columns)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("0", "0.0"), ("5", "5.0"), (4, "4.0"), ("3.5", "3.5"), ("3.50", "3.5"), ("na", "None")],
)
def test_score_within_the_scale_is_kept(typed, kept):
    review = draft_review()

    save(review, scores={"value": typed})

    assert marks(review) == {"value": kept}


@pytest.mark.parametrize(
    "typed", ["5.1", "-0.1", "6", "3.55", "", None, "x", "NaN", "Infinity", True]
)
def test_score_outside_the_scale_is_refused_and_nothing_is_kept(typed):
    review = draft_review()

    with pytest.raises(Refused) as refused:
        save(review, scores={"team": "3", "value": typed}, comment="x")

    assert list(refused.value.problems) == ["value"]
    assert (marks(review), Review.objects.get().comment) == ({}, "")


def test_score_by_raw_sql_below_zero_is_refused():
    review = draft_review()
    criterion = Criterion.objects.get(key="value")

    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(review=review, criterion=criterion, value=Decimal("-1"))


def test_criterion_that_the_rubric_does_not_have_is_refused():
    review = draft_review()

    for columns in ({"scores": {"luck": "5"}}, {"comments": {"luck": "x"}}):
        with pytest.raises(Refused) as refused:
            save(review, **columns)
        assert list(refused.value.problems) == ["luck"]

    assert marks(review) == {}


def test_draft_is_kept_piece_by_piece():
    review = draft_review()

    save(review, scores={"value": "4"})
    save(review, scores={"team": "na"}, comments={"value": "有用"}, confidence=3)
    save(review, recommendation="fund_in_part", amount="1500.5", comment="好")
    save(review, scores={"value": "2"})

    review = Review.objects.get()
    assert marks(review) == {"team": "None", "value": "2.0"}
    assert review.scores.get(criterion__key="value").comment == "有用"
    assert (review.recommendation, str(review.amount)) == ("fund_in_part", "1500.50")
    assert (review.confidence, review.comment, review.state) == (3, "好", "draft")


@pytest.mark.parametrize("amount", ["a lot", "NaN", "-5", "1e30"])
def test_recommended_amount_that_is_none_is_refused(amount):
    review = draft_review()

    with pytest.raises(Refused) as refused:
        save(review, amount=amount)

    assert list(refused.value.problems) == ["amount"]
    assert Review.objects.get().amount is None


def test_weighted_mean_by_hand():
    """60 % of 4/5 and 40 % of 3/5: 0.6 × 80 + 0.4 × 60 = 72."""
    review = draft_review()

    save(review, scores={"value": "4", "team": "3"})

    assert str(review.weighted_mean) == "72.00"


def test_weighted_mean_leaves_out_what_is_not_applicable():
    review = draft_review()

    save(review, scores={"value": "4.5", "team": "na"})
    assert str(review.weighted_mean) == "90.00"

    save(review, scores={"value": "na"})
    assert review.weighted_mean is None


def test_weighted_mean_rounds_half_up_over_different_scales():
    """(1/3 × 2 + 1/7 × 1) ÷ 3 = 0.269841… → 26.98."""
    scores = [
        Score(criterion=Criterion(weight=Decimal(2), scale=3), value=Decimal(1)),
        Score(criterion=Criterion(weight=Decimal(1), scale=7), value=Decimal(1)),
    ]

    assert str(weighted_mean(scores)) == "26.98"
    assert weighted_mean([]) is None


@given(
    st.lists(
        st.tuples(
            st.decimals("0.01", 100, places=2), st.integers(1, 100), st.decimals(0, 1, places=1)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_weighted_mean_lies_between_its_worst_and_best_score(rows):
    scores = [
        Score(criterion=Criterion(weight=weight, scale=scale), value=share * scale)
        for weight, scale, share in rows
    ]

    shares = [100 * share for _weight, _scale, share in rows]
    assert min(shares) <= weighted_mean(scores) <= max(shares)


def test_score_sheet_is_the_mean_of_the_means():
    application = cast.in_review()
    cast.reviewed(application, "reviewer", value="4", team="3")
    cast.reviewed(application, "reviewer2", value="5", team="4")
    cast.assigned(application, "reviewer3")

    sheet = score_sheet(application)

    assert [row.mean and str(row.mean) for row in sheet.rows] == ["72.00", "92.00", None]
    assert (sheet.submitted, str(sheet.mean)) == (2, "82.00")


def test_submit_names_each_thing_that_is_missing():
    review = draft_review()
    save(review, scores={"value": "4"}, comment="  ")

    with pytest.raises(Refused) as refused:
        submit_review(review, by=cast.person("reviewer"))

    assert sorted(refused.value.problems) == ["comment", "recommendation", "team"]
    assert Review.objects.get().state == "draft"


def test_submitted_review_is_locked():
    review = cast.reviewed(cast.in_review())
    before = Review.objects.values().get()

    with pytest.raises(Refused):
        save(review, scores={"value": "1"}, comment="other")
    with pytest.raises(Refused):
        submit_review(review, by=cast.person("reviewer"))

    assert Review.objects.values().get() == before
    assert marks(review) == {"team": "3.0", "value": "4.0"}
    event = Event.objects.get(kind="review.submit")
    assert event.data["scores"] == {"value": "4.0", "team": "3.0"}


def test_reopened_review_can_be_changed_and_sent_again():
    review = cast.reviewed(cast.in_review())

    reopen_review(review, by=cast.person("officer"), reason="评分笔误")
    save(review, scores={"value": "1"})
    submit_review(Review.objects.get(), by=cast.person("reviewer"))

    review = Review.objects.get()
    assert (review.state, review.assignment.state) == ("submitted", "completed")
    assert marks(review) == {"team": "3.0", "value": "1.0"}


@pytest.mark.parametrize(("handle", "reason"), [("officer", " "), ("reviewer", "x")])
def test_reopening_needs_an_officer_and_a_reason(handle, reason):
    review = cast.reviewed(cast.in_review())

    with pytest.raises((Refused, PermissionDenied)):
        reopen_review(review, by=cast.person(handle), reason=reason)

    assert Review.objects.get().state == "submitted"


@pytest.mark.parametrize("handle", ["reviewer2", "officer", "superuser", "applicant"])
def test_review_is_written_by_its_reviewer_only(handle):
    review = draft_review()

    with pytest.raises(PermissionDenied):
        save_review(review, by=cast.person(handle), scores={"value": "5"})
    with pytest.raises(PermissionDenied):
        submit_review(review, by=cast.person(handle))

    assert marks(review) == {}


def test_review_of_a_withdrawn_application_is_over():
    review = draft_review()
    withdraw(review.assignment.application, by=cast.person())

    with pytest.raises(Refused):
        save(review, scores={"value": "5"})

    assert marks(review) == {}
