"""What waits for reviewers, officers, approvers, auditors and administrators."""

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import Role
from grants.admin.site import ROWS, Row, Shortcut, Waiting, desk
from grants.applications.models import Application, kept_from
from grants.awards.models import Decision
from grants.milestones.models import Milestone
from grants.programs.models import Round
from grants.reviews.models import STANDING, Review


def _card(title, rows, url: str, row_of, *, newest: bool = False) -> Waiting:
    """The count of the rows and the first few, those that wait longest first."""
    return Waiting(title, rows.count(), url, [row_of(thing) for thing in _first(rows, newest)])


def _first(rows, newest: bool):
    return rows.order_by("-pk" if newest else "pk")[:ROWS]


def _application_row(application: Application) -> Row:
    url = reverse("admin:application-detail", args=[application.reference])
    return Row(application.reference, url, note=application.title, thing=application)


def _review_row(review: Review) -> Row:
    application = review.assignment.application
    url = reverse("admin:review-detail", args=[review.pk])
    return Row(application.reference, url, note=application.title, thing=review.assignment)


def _own_reviews(user, state: str):
    return Review.objects.filter(
        ~kept_from(user, "assignment__application__"),
        assignment__reviewer=user,
        assignment__state=state,
        assignment__application__state="in_review",
    ).select_related("assignment__application")


@desk.waiting(Role.REVIEWER, order=10)
def invitations(user):
    rows = _own_reviews(user, "invited")
    return _card(_("You are asked to review"), rows, reverse("admin:review-list"), _review_row)


@desk.waiting(Role.REVIEWER, order=11)
def open_reviews(user):
    rows = _own_reviews(user, "accepted")
    return _card(_("Reviews to finish"), rows, reverse("admin:review-list"), _review_row)


def _cases(user, state: list[str]):
    return Application.objects.filter(~kept_from(user), state__in=state)


@desk.waiting(Role.OFFICER, order=20)
def to_screen(user):
    rows = _cases(user, ["submitted", "screening"]).filter(round__closes_at__lte=timezone.now())
    url = reverse("admin:application-list") + "?state=submitted"
    return _card(_("Applications to screen"), rows, url, _application_row)


def _in_review(user):
    """Cases in review without a decision, with the reviews asked for and those submitted."""
    asked = Q(assignments__state__in=STANDING)
    done = asked & Q(assignments__review__state="submitted")
    decided = Decision.objects.standing().values("application")
    return (
        _cases(user, ["in_review"])
        .exclude(pk__in=decided)
        .annotate(asked=Count("assignments", filter=asked), done=Count("assignments", filter=done))
    )


@desk.waiting(Role.OFFICER, order=21)
def to_assign(user):
    rows = _in_review(user).filter(asked__lt=F("round__reviews_wanted"))
    url = reverse("admin:application-list") + "?state=in_review"
    return _card(_("Applications that need reviewers"), rows, url, _application_row)


@desk.waiting(Role.OFFICER, order=22)
def to_decide(user):
    rows = _in_review(user).filter(done__gte=F("round__reviews_wanted"))
    url = reverse("admin:application-list") + "?state=in_review"
    return _card(_("Applications ready to decide"), rows, url, _application_row)


def _decision_row(decision: Decision) -> Row:
    url = reverse("admin:decision-detail", args=[decision.pk])
    return Row(decision.application.reference, url, note=decision.application.title, thing=decision)


def _decisions(user, state: str):
    return (
        Decision.objects.filter(~kept_from(user, "application__"), state=state)
        .select_related("application")
        .order_by("pk")
    )


@desk.waiting(Role.OFFICER, Role.APPROVER, order=31)
def to_release(user):
    url = reverse("admin:decision-list") + "?state=confirmed"
    return _card(_("Decisions to release"), _decisions(user, "confirmed"), url, _decision_row)


@desk.waiting(Role.APPROVER, order=30)
def to_confirm(user):
    rows = _decisions(user, "proposed").exclude(proposed_by=user)
    url = reverse("admin:decision-list") + "?state=proposed"
    return _card(_("Decisions to confirm"), rows, url, _decision_row)


def _milestone_row(milestone: Milestone) -> Row:
    url = reverse("admin:milestone-detail", args=[milestone.pk])
    return Row(milestone.reference, url, note=milestone.title, thing=milestone)


@desk.waiting(Role.OFFICER, order=40)
def reported(user):
    rows = Milestone.objects.filter(~kept_from(user, "award__application__"), state="submitted")
    # Nothing can be done about a report to an award that was ended.
    rows = rows.exclude(award__state="terminated").select_related("award__application")
    url = reverse("admin:milestone-list") + "?state=submitted"
    return _card(_("Milestone reports to judge"), rows, url, _milestone_row)


@desk.waiting(Role.OFFICER, order=41)
def late(user):
    rows = Milestone.objects.filter(~kept_from(user, "award__application__")).overdue()
    rows = rows.select_related("award__application")
    url = reverse("admin:milestone-list") + "?state=late"
    return _card(_("Late milestones"), rows, url, _milestone_row)


def _round_row(round: Round) -> Row:
    return Row(round.title, reverse("admin:round-detail", args=[round.slug]), thing=round)


@desk.waiting(Role.OFFICER, order=45)
def to_open(user):
    rows = Round.objects.filter(state="draft")
    return _card(_("Rounds to open"), rows, reverse("admin:round-list"), _round_row, newest=True)


@desk.shortcut(Role.AUDITOR)
def chain():
    return Shortcut(
        _("The chain of events"),
        _("Every score, decision and payment is sealed. Check that nothing was changed since."),
        reverse("admin:event-list"),
        _("Events"),
    )


@desk.shortcut(Role.AUDITOR)
def books():
    return Shortcut(
        _("The books"),
        _("Recompute every balance and match every payout with its postings."),
        reverse("admin:ledger"),
        _("The books"),
    )


@desk.shortcut(Role.ADMINISTRATOR)
def people():
    return Shortcut(
        _("People and roles"),
        _("People sign up by themselves; here they get the roles of the desk."),
        reverse("admin:person-list"),
        _("People"),
    )


@desk.shortcut(Role.OFFICER)
def rounds():
    return Shortcut(
        _("Rounds"),
        _("Make a round, build its form and its criteria, and open it."),
        reverse("admin:round-list"),
        _("Rounds"),
    )
