"""Who reviews, who steps back, and what is hidden from whom then."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.accounts.models import User
from grants.accounts.services import remove_role
from grants.applications.services.drafts import withdraw
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.models import Round
from grants.reviews.models import Assignment, Review
from grants.reviews.selectors import readable_documents, score_sheet
from grants.reviews.services import (
    accept,
    assign,
    decline,
    recuse,
    save_review,
    submit_review,
)
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def joined(application, handle: str) -> User:
    """The person, a viewer of the applicant since before the desk."""
    person = cast.person(handle)
    application.organisation.memberships.create(user=person, role="viewer")
    return User.objects.get(pk=person.pk)


def test_assign_asks_a_reviewer_once_and_begins_the_review_of_the_round():
    application, officer = cast.in_review(), cast.person("officer")

    first = assign(application, cast.person("reviewer"), by=officer)
    again = assign(application, cast.person("reviewer"), by=officer)

    assert first == again
    assert (first.state, first.review.state) == ("invited", "draft")
    assert Event.objects.filter(kind="assignment.assign").count() == 1
    assert Round.objects.get(pk=application.round_id).state == "reviewing"


@pytest.mark.django_db(transaction=True)
def test_assign_by_four_clicks_makes_one_assignment():
    application, officer, reviewer = (
        cast.in_review(),
        cast.person("officer"),
        cast.person("reviewer"),
    )

    made = together(*[lambda: assign(application, reviewer, by=officer).pk] * 4)

    assert len(set(made)) == Assignment.objects.count() == Review.objects.count() == 1


@pytest.mark.parametrize("handle", ["officer", "stranger", "applicant", "superuser"])
def test_assign_of_somebody_who_is_no_reviewer_is_refused(handle):
    application = cast.in_review()

    with pytest.raises(Refused):
        assign(application, cast.person(handle), by=cast.person("officer"))

    assert Assignment.objects.count() == 0


def test_assign_of_a_member_of_the_applicant_is_refused():
    application = cast.in_review()
    reviewer = joined(application, "reviewer")

    with pytest.raises(Refused):
        assign(application, reviewer, by=cast.person("officer"))

    assert Assignment.objects.count() == 0


@pytest.mark.parametrize("state", ["submitted", "withdrawn", "decided"])
def test_assign_outside_the_review_is_refused(state):
    if state == "decided":
        application = cast.offered().application
        application.refresh_from_db()
    else:
        application = cast.submitted()
    if state == "withdrawn":
        withdraw(application, by=cast.person())
    before = Assignment.objects.count()

    with pytest.raises(Refused):
        assign(application, cast.person("reviewer3"), by=cast.person("officer"))

    assert Assignment.objects.count() == before


@pytest.mark.parametrize("handle", ["reviewer", "approver", "superuser", "applicant"])
def test_only_an_officer_assigns(handle):
    application = cast.in_review()

    with pytest.raises(PermissionDenied):
        assign(application, cast.person("reviewer"), by=cast.person(handle))

    assert Assignment.objects.count() == 0


@pytest.mark.parametrize("deed", ["decline", "recuse"])
def test_who_stepped_back_is_not_asked_again(deed):
    application = cast.in_review()
    assignment, reviewer = cast.assigned(application), cast.person("reviewer")

    {"decline": decline, "recuse": recuse}[deed](assignment, by=reviewer, reason="认识创始人")

    with pytest.raises(Refused):
        assign(application, reviewer, by=cast.person("officer"))
    assert Assignment.objects.get().state == f"{deed}d"
    assert Assignment.objects.get().reason == "认识创始人"


@pytest.mark.parametrize("reason", ["", "  "])
def test_recuse_needs_a_reason(reason):
    assignment = cast.assigned(cast.in_review())

    with pytest.raises(Refused) as refused:
        recuse(assignment, by=cast.person("reviewer"), reason=reason)

    assert list(refused.value.problems) == ["reason"]
    assert Assignment.objects.get().state == "invited"


@pytest.mark.parametrize("handle", ["reviewer2", "officer", "superuser"])
def test_assignment_is_answered_by_its_reviewer_only(handle):
    assignment = cast.assigned(cast.in_review())

    for deed, more in ((accept, {}), (decline, {}), (recuse, {"reason": "x"})):
        with pytest.raises(PermissionDenied):
            deed(assignment, by=cast.person(handle), **more)

    assert Assignment.objects.get().state == "invited"


@pytest.mark.parametrize("stage", ["invited", "accepted", "completed"])
def test_recusing_hides_everything_of_the_case(stage):
    application, reviewer = cast.in_review(), cast.person("reviewer")
    if stage == "completed":
        assignment = cast.reviewed(application).assignment
    else:
        assignment = cast.assigned(application)
        if stage == "accepted":
            accept(assignment, by=reviewer)
    assert list(Assignment.objects.visible_to(reviewer)) == [assignment]
    assert list(Review.objects.visible_to(reviewer)) == [assignment.review]
    assert readable_documents(reviewer).count() == 1

    recuse(assignment, by=reviewer, reason="认识创始人")

    assert Assignment.objects.visible_to(reviewer).count() == 0
    assert Review.objects.visible_to(reviewer).count() == 0
    assert readable_documents(reviewer).count() == 0
    for name in ("view_assignment", "answer_assignment"):
        assert not reviewer.has_perm(f"grants.{name}", assignment)
    assert not reviewer.has_perm("grants.edit_review", assignment.review)
    with pytest.raises(PermissionDenied):
        save_review(assignment.review, by=reviewer, comment="x")


def test_scores_of_who_recused_do_not_count():
    application = cast.in_review()
    cast.reviewed(application, "reviewer", value="5", team="5")
    second = cast.reviewed(application, "reviewer2", value="0", team="0")
    assert (score_sheet(application).submitted, str(score_sheet(application).mean)) == (2, "50.00")

    recuse(second.assignment, by=cast.person("reviewer2"), reason="x")

    sheet = score_sheet(application)
    assert (sheet.submitted, str(sheet.mean), len(sheet.rows)) == (1, "100.00", 1)
    assert Review.objects.counting().count() == 1


def test_officer_sees_no_reviews_of_an_own_case():
    application = cast.in_review()
    cast.reviewed(application)
    officer = joined(application, "officer")

    assert Assignment.objects.visible_to(officer).count() == 0
    assert Review.objects.visible_to(officer).count() == 0
    assert not officer.has_perm("grants.view_scores", application)
    assert score_sheet(application, user=officer).rows == []


@pytest.mark.parametrize(
    ("handle", "drafts", "submitted"),
    [("reviewer", 1, 1), ("reviewer2", 0, 0), ("officer", 0, 1), ("applicant", 0, 0)],
)
def test_review_is_visible_to_its_reviewer_and_to_the_desk_once_submitted(
    handle, drafts, submitted
):
    application, person = cast.in_review(), cast.person(handle)
    assignment = cast.assigned(application)
    accept(assignment, by=cast.person("reviewer"))
    seen = [Review.objects.visible_to(person).count()]

    save_review(
        assignment.review,
        by=cast.person("reviewer"),
        scores={"value": "4", "team": "na"},
        recommendation="fund",
        comment="好",
    )
    submit_review(assignment.review, by=cast.person("reviewer"))
    seen.append(Review.objects.visible_to(person).count())

    assert seen == [drafts, submitted]


def test_who_is_a_reviewer_no_longer_cannot_be_assigned():
    application, reviewer = cast.in_review(), cast.person("reviewer")
    remove_role(reviewer, "reviewer", by=cast.person("administrator"))

    with pytest.raises(Refused):
        assign(application, reviewer, by=cast.person("officer"))

    assert Assignment.objects.count() == 0
