"""Who may assign, score and see scores."""

from grants.accounts.models import DESK_READERS, Role
from grants.accounts.policies import is_member
from grants.applications.models import is_kept_from
from grants.applications.policies import acts_as, acts_as_officer
from grants.core.policy import policy
from grants.reviews.models import STANDING


@policy("assign_reviewer")
def assigns_reviewer(user, application=None):
    return acts_as_officer(user, application)


def holds(user, assignment) -> bool:
    """The assignment is this person's and stands, and nothing keeps the person from the case."""
    if not assignment or assignment.reviewer_id != user.pk or assignment.state not in STANDING:
        return False
    return not is_kept_from(user, assignment.application)


@policy("view_assignment")
def sees_assignment(user, assignment=None):
    if assignment is None:
        return user.has_role(Role.REVIEWER, *DESK_READERS)
    if holds(user, assignment):
        return True
    return acts_as(user, assignment.application, *DESK_READERS)


@policy("answer_assignment")
def answers_assignment(user, assignment=None):
    return holds(user, assignment)


@policy("edit_review")
def edits_review(user, review=None):
    return bool(review) and holds(user, review.assignment)


@policy("submit_review")
def submits_review(user, review=None):
    return edits_review(user, review)


@policy("reopen_review")
def reopens_review(user, review=None):
    return acts_as_officer(user, review.assignment.application if review else None)


@policy("view_scores")
def sees_scores(user, application=None):
    """All scores of an application: the deciding desk, never with a conflict."""
    return acts_as(user, application, *DESK_READERS)


@policy("know_applicant")
def knows_applicant(user, application=None):
    """Who applies: hidden from the reviewers of a blind round."""
    if application is None:
        return user.has_role(*DESK_READERS)
    if is_member(user, application.organisation):
        return True
    if is_kept_from(user, application):
        return False
    return not application.round.is_blind or user.has_role(*DESK_READERS)


@policy("calibrate")
def calibrates(user, round=None):
    return user.has_role(Role.OFFICER)


@policy("view_calibration")
def sees_calibration(user, round=None):
    """Every reviewer's severity and every standing; without the own cases."""
    return user.has_role(*DESK_READERS)


@policy("view_own_calibration")
def sees_own_calibration(user, round=None):
    return user.has_role(Role.REVIEWER)
