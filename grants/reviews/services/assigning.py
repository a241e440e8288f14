"""Asking reviewers, and their answers."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.accounts.models import Role
from grants.applications.models import Application
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.programs.services import begin_review
from grants.reviews.models import Assignment, Review


@transaction.atomic
def assign(application: Application, reviewer, *, by) -> Assignment:
    """Asks a reviewer. The same again returns the first assignment.

    Raises `Refused` for somebody who is no reviewer, who belongs to the applicant, or who recused.
    """
    require(by, "assign_reviewer", application)
    if lock(application).state != "in_review":
        raise Refused(_("Reviewers are assigned once the application has passed the screening."))
    if not reviewer.has_role(Role.REVIEWER):
        raise Refused(_("%(person)s is not a reviewer.") % {"person": reviewer})
    if application.organisation.role_of(reviewer):
        raise Refused(
            _("%(person)s belongs to the applicant and cannot review.") % {"person": reviewer}
        )
    found = Assignment.objects.filter(application=application, reviewer=reviewer).first()
    if found and found.state in ("declined", "recused", "expired"):
        raise Refused(
            _("%(person)s has stepped back from this application.") % {"person": reviewer}
        )
    if found:
        return found
    assignment = Assignment.objects.create(
        application=application, reviewer=reviewer, assigned_by=by
    )
    Review.objects.create(assignment=assignment)
    begin_review(application.round, by=by)
    record(
        assignment,
        "assign",
        by=by,
        data={"reviewer": reviewer.pk},
        to_state=assignment.state,
    )
    return assignment


@transaction.atomic
def accept(assignment: Assignment, *, by) -> None:
    require(by, "answer_assignment", assignment)
    advance(assignment, "accept", by=by)


@transaction.atomic
def decline(assignment: Assignment, *, by, reason: str = "") -> None:
    require(by, "answer_assignment", assignment)
    advance(assignment, "decline", by=by, reason=reason, data={"reason": reason})


@transaction.atomic
def recuse(assignment: Assignment, *, by, reason: str) -> None:
    """Steps back because of a conflict; the reviewer then sees nothing of the case any more."""
    require(by, "answer_assignment", assignment)
    if not reason.strip():
        raise Refused(_("Say in a few words what the conflict is."), field="reason")
    lock(assignment.application)  # a decision that rests on the reviews waits, or is refused
    advance(assignment, "recuse", by=by, reason=reason, data={"reason": reason})
