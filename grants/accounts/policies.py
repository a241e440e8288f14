"""Who may do what for an organisation, and among people."""

from grants.accounts.models import DESK_READERS, MemberRole, Role
from grants.core.policy import policy


def is_member(user, organisation) -> bool:
    return bool(organisation and organisation.role_of(user))


def may_write_for(user, organisation) -> bool:
    """Owners, editors and signatories write; viewers read."""
    return bool(organisation) and organisation.role_of(user) in (
        MemberRole.OWNER,
        MemberRole.EDITOR,
        MemberRole.SIGNATORY,
    )


def may_bind(user, organisation) -> bool:
    """Owners and signatories promise in the organisation's name."""
    return bool(organisation) and organisation.role_of(user) in (
        MemberRole.OWNER,
        MemberRole.SIGNATORY,
    )


@policy("view_organisation")
def sees_organisation(user, organisation=None):
    return user.has_role(*DESK_READERS) or is_member(user, organisation)


@policy("change_organisation")
def changes_organisation(user, organisation=None):
    return bool(organisation) and organisation.role_of(user) == MemberRole.OWNER


@policy("manage_people")
def manages_people(user, thing=None):
    return user.is_superuser or user.has_role(Role.ADMINISTRATOR)


@policy("read_everything")
def reads_everything(user, thing=None):
    return user.has_role(Role.AUDITOR)
