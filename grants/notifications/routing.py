"""One table: which event tells whom, with which template."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grants.notifications.recipients import (
    applicants,
    approvers,
    auditors,
    controllers,
    finance,
    into_the_case,
    officers,
    officers_of_case,
    owners,
    payee_members,
    signatories,
    the_asker,
    the_invited,
    the_message,
    the_person,
    the_reviewer,
    verifiers,
    watchers_of_the_books,
)


@dataclass(frozen=True)
class Route:
    """`template` names templates/emails/<template>.txt; `path` is where the mail links to.

    `more` adds to what the template is given; `reply_to` gives the address that answers arrive at;
    the text of a mail that `is_secret` is dropped once it is sent.
    """

    recipients: Callable
    template: str
    subject: str | Promise
    path: str = "/"
    more: Callable | None = None
    reply_to: Callable | None = None
    is_secret: bool = False


INVITED = Route(
    the_invited,
    "invited",
    _("You are invited to act for {organisation}"),
    "/join/{token}/",
    is_secret=True,
)

ROUTES: dict[str, list[Route]] = {
    "invitation.invite": [INVITED],
    "invitation.resend": [INVITED],
    "joinrequest.ask": [
        Route(owners, "join_asked", _("Somebody asks to join {organisation}"), "/organisation/"),
    ],
    "joinrequest.accept": [
        Route(
            the_asker,
            "join_accepted",
            _("You are now a member of {organisation}"),
            "/organisation/",
        ),
    ],
    "joinrequest.decline": [
        Route(the_asker, "join_declined", _("Your request to join was declined"), "/organisation/"),
    ],
    "licence.verify": [
        Route(
            owners, "licence_verified", _("Your business licence was verified"), "/organisation/"
        ),
    ],
    "licence.refuse": [
        Route(
            owners, "licence_refused", _("Your business licence was not accepted"), "/organisation/"
        ),
    ],
    "conversation.answer": [
        Route(
            applicants,
            "message_to_applicant",
            _("A message about your application {reference}"),
            "/applications/{case}/messages/",
            more=the_message,
            reply_to=into_the_case,
        )
    ],
    "conversation.ask": [
        Route(
            officers_of_case,
            "message_to_fund",
            _("The applicant wrote about {reference}"),
            "/admin/messages/{case}/",
            more=the_message,
            reply_to=into_the_case,
        )
    ],
    "user.confirm": [Route(the_person, "welcome", _("Welcome to the AMOS Developer Fund"))],
    "application.submit": [
        Route(
            applicants,
            "submitted",
            _("We have received your application {reference}"),
            "/applications/{case}/",
        )
    ],
    "signoff.ask": [
        Route(
            signatories,
            "signature_asked",
            _("Please sign the application {case}"),
            "/applications/{case}/signature/",
        )
    ],
    "signoff.sign": [
        Route(
            applicants,
            "signature_given",
            _("{case} was signed and can be submitted"),
            "/applications/{case}/check/",
        )
    ],
    "signoff.refuse": [
        Route(
            applicants,
            "signature_refused",
            _("{case} was not signed"),
            "/applications/{case}/check/",
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
    "assignment.recuse": [
        Route(officers, "recused", _("A reviewer of {case} stepped back"), "/admin/"),
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
        Route(verifiers, "payee_named", _("An account waits to be verified"), "/admin/"),
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
