"""The states of invitations and requests, and the words for people and organisations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class InvitationState(models.TextChoices):
    OPEN = "open", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


INVITATION = Lifecycle(
    InvitationState,
    [
        ("open", "accept", "accepted"),
        ("open", "decline", "declined"),
        ("open", "withdraw", "withdrawn"),
        ("open", "expire", "expired"),
    ],
)


class JoinRequestState(models.TextChoices):
    OPEN = "open", _("Waits for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


JOIN_REQUEST = Lifecycle(
    JoinRequestState,
    [
        ("open", "accept", "accepted"),
        ("open", "decline", "declined"),
        ("open", "withdraw", "withdrawn"),
    ],
)

register(
    "user",
    {
        "confirm": _("E-mail address confirmed"),
        "change": _("Details changed"),
        "grant_role": _("Role given"),
        "remove_role": _("Role taken away"),
    },
)
register("organisation", {"create": _("Organisation registered"), "change": _("Details changed")})
register(
    "membership",
    {
        "join": _("Member added"),
        "leave": _("Member left"),
        "change_role": _("Role of a member changed"),
    },
)
register(
    "invitation",
    {
        "invite": _("Member invited"),
        "resend": _("Invitation sent again"),
        "accept": _("Invitation accepted"),
        "decline": _("Invitation declined"),
        "withdraw": _("Invitation withdrawn"),
        "expire": _("Invitation expired"),
    },
)
register(
    "joinrequest",
    {
        "ask": _("Somebody asked to join"),
        "accept": _("Request to join accepted"),
        "decline": _("Request to join declined"),
        "withdraw": _("Request to join withdrawn"),
    },
)
register("apikey", {"create": _("API key made"), "revoke": _("API key revoked")})
