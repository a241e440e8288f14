"""Asking to join a company that is registered already, and what its owners answer."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import JoinRequest, MemberRole, Membership, Organisation, User
from grants.accounts.services.members import join, works_for_the_fund
from grants.accounts.services.numbers import clean_credit_code
from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.texts import one_line
from grants.events.services import advance, lock, record

PAUSE = timedelta(days=30)
MOST_OPEN = 10


@transaction.atomic
def ask_to_join(*, by: User, credit_code: str, note: str = "") -> JoinRequest:
    """Asks the owners of the company with this code; nothing is told of them or of the company.

    A second request finds the first. Raises `Refused` for a code that nobody registered, for staff,
    for members, and within 30 days of a “no”.
    """
    code = clean_credit_code(credit_code)
    organisation = Organisation.objects.filter(credit_code=code).first()
    if organisation is None:
        raise Refused(
            _("No company with this code is registered. You can register it."), field="credit_code"
        )
    if works_for_the_fund(by):
        raise Refused(_("Who works for the fund cannot act for an applicant."))
    lock(organisation)
    if organisation.memberships.filter(user=by).exists():
        raise Refused(_("You are a member of this company already."), field="credit_code")
    mine = JoinRequest.objects.filter(user=by)
    found = mine.filter(organisation=organisation, state="open").first()
    if found:
        return found
    _refuse_too_often(mine, organisation)
    request = JoinRequest.objects.create(
        organisation=organisation, user=by, note=one_line(note)[:300]
    )
    data = {"email": by.email, "note": request.note}
    record(request, "ask", by=by, data=data, to_state=request.state)
    return request


def _refuse_too_often(mine, organisation: Organisation) -> None:
    since = timezone.now() - PAUSE
    if mine.filter(organisation=organisation, state="declined", decided_at__gt=since).exists():
        raise Refused(_("The owners declined. You can ask again 30 days after their answer."))
    if mine.filter(state="open").count() >= MOST_OPEN:
        raise Refused(_("Too many of your requests wait for an answer. Withdraw one first."))


def _answered(by: User) -> dict:
    return {"decided_by": by, "decided_at": timezone.now()}


@transaction.atomic
def accept_request(request: JoinRequest, *, by: User, role: str) -> Membership:
    """Lets the person in with that role."""
    require(by, "change_organisation", request.organisation)
    organisation = lock(request.organisation)
    found = organisation.memberships.filter(user=request.user).first()
    if works_for_the_fund(request.user):
        raise Refused(_("Who works for the fund cannot act for an applicant."))
    role = MemberRole(role)
    data = {"email": request.user.email, "role": role}
    advance(request, "accept", by=by, data=data, **_answered(by))
    return found or join(organisation, request.user, role, by=by)


@transaction.atomic
def decline_request(request: JoinRequest, *, by: User) -> None:
    require(by, "change_organisation", request.organisation)
    advance(request, "decline", by=by, data={"email": request.user.email}, **_answered(by))


@transaction.atomic
def withdraw_request(request: JoinRequest, *, by: User) -> None:
    """Takes the own request back."""
    if request.user_id != by.pk:
        raise PermissionDenied
    advance(request, "withdraw", by=by, data={"email": by.email})
