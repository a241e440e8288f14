"""People, the organisations that they act for, and the keys of their software."""

from grants.accounts.models.joining import Invitation, JoinRequest
from grants.accounts.models.organisations import (
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
)
from grants.accounts.models.people import (
    DESK_READERS,
    ApiKey,
    IdempotentCall,
    Role,
    User,
)

__all__ = [
    "DESK_READERS",
    "ApiKey",
    "IdempotentCall",
    "Invitation",
    "JoinRequest",
    "MemberRole",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Role",
    "User",
]
