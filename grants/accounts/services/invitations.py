"""Inviting an address to join; the mail with the link is written by the outbox."""

import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import Invitation, MemberRole, Membership, Organisation, User
from grants.accounts.models.joining import hash_token
from grants.accounts.services.members import join, works_for_the_fund
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record

MOST_OPEN = 50
PAUSE = timedelta(minutes=5)


@transaction.atomic
def invite(organisation: Organisation, *, by: User, email: str, role: str) -> Invitation:
    """Invites an address for a week. It is not told whether the address has an account.

    Raises `Refused` for a member, for an address that is invited already, and for too many.
    """
    require(by, "change_organisation", organisation)
    lock(organisation)
    email, role = email.strip().lower(), MemberRole(role)
    if organisation.memberships.filter(user__email__iexact=email).exists():
        raise Refused(_("This person is a member already."), field="email")
    standing = organisation.invitations.filter(state="open")
    earlier = standing.filter(email=email).first()
    if earlier and not earlier.is_expired:
        raise Refused(
            _("This address is invited already. You can send the invitation again."), field="email"
        )
    if standing.count() >= MOST_OPEN:
        raise Refused(
            _("At most %(most)s invitations can be open. Withdraw one first.")
            % {"most": MOST_OPEN},
            field="email",
        )
    if earlier:
        advance(earlier, "expire", by=None)
    invitation = Invitation(
        organisation=organisation, email=email, role=role, invited_by=by, language=by.language
    )
    _renew(invitation)
    invitation.save()
    record(invitation, "invite", by=by, data={"email": email, "role": role})
    return invitation


def _renew(invitation: Invitation) -> None:
    invitation.nonce = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(invitation.token)
    invitation.sent_at = timezone.now()


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User) -> None:
    """Sends it again for a week, under a new link; the one before no longer works."""
    require(by, "change_organisation", invitation.organisation)
    fresh = lock(invitation)
    if fresh.state != "open":
        raise Refused(_("This invitation is no longer open. Invite the person again."))
    if timezone.now() - fresh.sent_at < PAUSE:
        raise Refused(_("The invitation was sent a moment ago. Wait five minutes."))
    _renew(fresh)
    fresh.save(update_fields=["nonce", "token_hash", "sent_at"])
    record(fresh, "resend", by=by, data={"email": fresh.email, "role": fresh.role})


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    require(by, "change_organisation", invitation.organisation)
    advance(invitation, "withdraw", by=by, data={"email": invitation.email})


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link names, in whatever state."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    return rows.filter(token_hash=hash_token(token)).first()


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """Lets the invited person in; a second press finds the membership.

    Raises `PermissionDenied` for another person, `Refused` for staff and once it is over.
    """
    fresh = _for_answer(invitation, by)
    found = fresh.organisation.memberships.filter(user=by).first()
    if fresh.state == "accepted" and found:
        return found
    if fresh.state != "open" or fresh.is_expired:
        raise Refused(_("This invitation is no longer open. Ask the owner to invite you again."))
    if works_for_the_fund(by):
        raise Refused(_("Who works for the fund cannot act for an applicant."))
    advance(invitation, "accept", by=by, data={"email": fresh.email, "role": fresh.role})
    return found or join(fresh.organisation, by, fresh.role, by=by)


@transaction.atomic
def decline_invitation(invitation: Invitation, *, by: User) -> None:
    fresh = _for_answer(invitation, by)
    advance(invitation, "decline", by=by, data={"email": fresh.email})


def _for_answer(invitation: Invitation, by: User) -> Invitation:
    if by.email.lower() != invitation.email:
        raise PermissionDenied
    organisation = lock(invitation.organisation)
    fresh = lock(invitation)
    fresh.organisation = organisation
    return fresh
