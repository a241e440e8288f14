"""Asking reviewers, and their answers."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.accounts.models import Role
from grants.applications.models import Application, ConflictKind, kept_from
from grants.applications.selectors import tells_who_applies
from grants.applications.services.conflicts import report
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
    if tells_who_applies(application):
        raise Refused(
            _("What was sent tells who applies, and the round is blind. Decide about that first.")
        )
    if not reviewer.has_role(Role.REVIEWER):
        raise Refused(_("%(person)s is not a reviewer.") % {"person": reviewer})
    if application.organisation.role_of(reviewer):
        raise Refused(
            _("%(person)s belongs to the applicant and cannot review.") % {"person": reviewer}
        )
    if Application.objects.filter(kept_from(reviewer), pk=application.pk).exists():
        raise Refused(
            _("%(person)s has a conflict of interest and cannot review.") % {"person": reviewer}
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
    """Takes the review on; with it the reviewer states to have no conflict of interest."""
    require(by, "answer_assignment", assignment)
    advance(assignment, "accept", by=by, data={"stated": "no conflict of interest"})


@transaction.atomic
def decline(assignment: Assignment, *, by, reason: str = "") -> None:
    require(by, "answer_assignment", assignment)
    advance(assignment, "decline", by=by, reason=reason, data={"reason": reason})


@transaction.atomic
def recuse(
    assignment: Assignment, *, by, reason: str, kind: str = ConflictKind.OTHER.value
) -> None:
    """Steps back because of a conflict; the reviewer then sees nothing of the case any more."""
    require(by, "answer_assignment", assignment)
    if not reason.strip():
        raise Refused(_("Say in a few words what the conflict is."), field="reason")
    lock(assignment.application)  # a decision that rests on the reviews waits, or is refused
    advance(assignment, "recuse", by=by, reason=reason, data={"reason": reason})
    report(assignment.application, by, by=by, kind=kind, source="declared", note=reason)


@transaction.atomic
def stand_back(application: Application, person, *, by, reason: str) -> None:
    """Recuses the reviewer, where there is one, because of a conflict that was found or judged.

    The scores are kept and no longer count.
    """
    lock(application)
    held = Assignment.objects.standing().filter(application=application, reviewer=person).first()
    if held:
        advance(held, "recuse", by=by, reason=reason, data={"reason": reason})


@transaction.atomic
def come_back(application: Application, person, *, by) -> None:
    """Undoes a recusal once nothing keeps the person from the case: scores count again."""
    lock(application)
    barred = Application.objects.filter(kept_from(person), pk=application.pk).exists()
    gone = Assignment.objects.filter(application=application, reviewer=person, state="recused")
    assignment = None if barred else gone.select_related("review").first()
    if assignment:
        is_sent = assignment.review.state == "submitted"
        advance(assignment, "reinstate" if is_sent else "ask_again", by=by, reason="")
