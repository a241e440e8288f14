"""What people do with their accounts and organisations."""

from grants.accounts.services.api_keys import (
    create_api_key,
    forget_idempotent_calls,
    hash_key,
    revoke_api_key,
    user_of_key,
)
from grants.accounts.services.members import add_member, change_role, hand_over, remove_member
from grants.accounts.services.organisations import change_organisation, create_organisation
from grants.accounts.services.people import (
    change_person,
    confirm_email,
    grant_role,
    make_role_groups,
    remove_role,
)

__all__ = [
    "add_member",
    "change_organisation",
    "change_person",
    "change_role",
    "confirm_email",
    "create_api_key",
    "create_organisation",
    "forget_idempotent_calls",
    "grant_role",
    "hand_over",
    "hash_key",
    "make_role_groups",
    "remove_member",
    "remove_role",
    "revoke_api_key",
    "user_of_key",
]
