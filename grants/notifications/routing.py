"""One table: which event tells whom, with which template."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import MemberRole, Role, User
from grants.events.models import Event

WRITERS = (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.SIGNATORY)


def thing_of(event: Event):
    """The thing that the event is about, or None where it is gone."""
    model = apps.get_model("grants", event.thing_type)
    return model._base_manager.filter(pk=event.thing_id).first()


def _members(organisation) -> Iterable[User]:
    return User.objects.filter(
        memberships__organisation=organisation, memberships__role__in=WRITERS, is_active=True
    ).distinct()


def applicants(thing) -> Iterable[User]:
    """The members who write for the organisation that the thing belongs to."""
    return _members(_application(thing).organisation)


def _application(thing):
    for path in ("", "application", "award.application", "milestone.award.application"):
        found = thing
        for name in path.split(".") if path else ():
            found = getattr(found, name, None)
        if found is not None and found._meta.model_name == "application":
            return found
    raise LookupError(thing)


def the_person(thing) -> Iterable[User]:
    return [thing]


def the_reviewer(thing) -> Iterable[User]:
    return [thing.reviewer]


def approvers(thing) -> Iterable[User]:
    return User.objects.with_role(Role.APPROVER).exclude(pk=thing.proposed_by_id)


def controllers(thing) -> Iterable[User]:
    return User.objects.with_role(Role.CONTROLLER)


def officers(thing) -> Iterable[User]:
    return User.objects.with_role(Role.OFFICER)


def finance(thing) -> Iterable[User]:
    return User.objects.with_role(Role.FINANCE)


def auditors(thing) -> Iterable[User]:
    return User.objects.with_role(Role.AUDITOR)


def watchers_of_the_books(thing) -> Iterable[User]:
    return User.objects.with_role(Role.AUDITOR, Role.CONTROLLER)


def payee_members(thing) -> Iterable[User]:
    return _members(thing.organisation)


@dataclass(frozen=True)
class Route:
    """`template` names templates/emails/<template>.txt; `path` is where the mail links to."""

    recipients: Callable
    template: str
    subject: str | Promise
    path: str = "/"


ROUTES: dict[str, list[Route]] = {
    "user.confirm": [Route(the_person, "welcome", _("Welcome to the AMOS Developer Fund"))],
    "application.submit": [
        Route(
            applicants,
            "submitted",
            _("We have received your application {reference}"),
            "/applications/{case}/",
        )
    ],
    "application.return": [
        Route(
            applicants,
            "returned",
            _("We need more information for {reference}"),
            "/applications/{case}/",
        )
    ],
    "application.fail": [
        Route(
            applicants,
            "not_eligible",
            _("Your application {reference} is not eligible"),
            "/applications/{case}/",
        )
    ],
    "application.withdraw": [
        Route(
            applicants,
            "withdrawn",
            _("Your application {reference} was withdrawn"),
            "/applications/{case}/",
        )
    ],
    "assignment.assign": [
        Route(the_reviewer, "assigned", _("Please review {case}"), "/admin/"),
    ],
    "decision.propose": [
        Route(approvers, "to_confirm", _("A decision waits for you: {case}"), "/admin/"),
    ],
    "decision.release": [
        Route(applicants, "decided", _("The decision on {case}"), "/applications/{case}/")
    ],
    "award.offer": [
        Route(
            applicants,
            "award_offered",
            _("You are offered an award: {reference}"),
            "/applications/{case}/",
        )
    ],
    "award.accept": [
        Route(officers, "award_accepted", _("The award {reference} was accepted"), "/admin/"),
    ],
    "payee.name": [
        Route(controllers, "payee_named", _("An account waits to be verified"), "/admin/"),
    ],
    "payee.verify": [
        Route(payee_members, "payee_verified", _("Your account was verified"), "/organisation/")
    ],
    "milestone.submit": [
        Route(officers, "milestone_reported", _("Milestone {reference} was reported"), "/admin/"),
    ],
    "milestone.return": [
        Route(
            applicants,
            "milestone_returned",
            _("Milestone {reference} needs more"),
            "/applications/{case}/",
        )
    ],
    "milestone.accept": [
        Route(
            applicants,
            "milestone_accepted",
            _("Milestone {reference} was accepted"),
            "/applications/{case}/",
        )
    ],
    "payoutbatch.submit": [
        Route(controllers, "batch_submitted", _("Batch {reference} waits for you"), "/admin/"),
    ],
    "payout.settle": [
        Route(applicants, "paid", _("{reference} was paid"), "/applications/{case}/"),
    ],
    "payout.return": [
        Route(finance, "payout_returned", _("{reference} came back from the bank"), "/admin/"),
    ],
    "payout.contradict": [
        Route(
            controllers, "payout_contradicted", _("{reference}: the rail contradicts us"), "/admin/"
        ),
    ],
    "payout.fail": [
        Route(finance, "payout_failed", _("{reference} was refused by the bank"), "/admin/"),
    ],
    "bookscheck.fail": [
        Route(
            watchers_of_the_books,
            "books_differ",
            _("The books do not balance"),
            "/admin/ledger/",
        )
    ],
    "dailyseal.publish": [
        Route(auditors, "day_sealed", _("The seal of a day, to be kept"), "/admin/events/check/")
    ],
}
