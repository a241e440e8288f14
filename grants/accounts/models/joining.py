"""How people become members: invited by an owner, or asking to join."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from grants.accounts import lifecycle
from grants.accounts.lifecycle import InvitationState, JoinRequestState
from grants.accounts.models.organisations import MemberRole, Organisation
from grants.core.lifecycle import StateField, known_states

INVITATION_STANDS = timedelta(days=7)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class OfOrganisation(models.QuerySet):
    def of_owner(self, user) -> "OfOrganisation":
        """Those of the organisations that the person owns."""
        owned = user.memberships.filter(role=MemberRole.OWNER).values("organisation_id")
        return self.filter(organisation__in=owned)


class InvitationQuerySet(OfOrganisation):
    def visible_to(self, user) -> OfOrganisation:
        """Owners see whom they invited. The invited person answers by the link of the mail."""
        return self.of_owner(user)


class JoinRequestQuerySet(OfOrganisation):
    def visible_to(self, user) -> OfOrganisation:
        """Owners see who asks, and who asked sees the own request."""
        return self.of_owner(user) | self.filter(user=user)


class Invitation(models.Model):
    """An address is asked to join. Only the hash of its token is kept.

    The token is made from `nonce` with the secret key, so that the outbox can write it into a mail
    and nobody finds it in the database. A new nonce ends the token before.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=MemberRole.choices)
    language = models.CharField(max_length=10, blank=True)
    nonce = models.CharField(max_length=43)
    token_hash = models.CharField(max_length=64, unique=True)
    state = StateField(InvitationState)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)

    lifecycle = lifecycle.INVITATION
    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            known_states(InvitationState, "invitation"),
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(state=InvitationState.OPEN),
                name="invitation_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def reference(self) -> str:
        return self.organisation.reference

    @property
    def token(self) -> str:
        return salted_hmac("grants.invitation", self.nonce, algorithm="sha256").hexdigest()

    @property
    def expires_at(self):
        return self.sent_at + INVITATION_STANDS

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class JoinRequest(models.Model):
    """A person who asks the owners of a registered company to let them in."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="join_requests"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = StateField(JoinRequestState)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    lifecycle = lifecycle.JOIN_REQUEST
    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        constraints = [
            known_states(JoinRequestState, "joinrequest"),
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(state=JoinRequestState.OPEN),
                name="joinrequest_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def reference(self) -> str:
        return self.organisation.reference
