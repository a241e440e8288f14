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


@policy("change_member")
def changes_member(user, membership=None):
    return bool(membership) and changes_organisation(user, membership.organisation)


@policy("remove_member")
def removes_member(user, membership=None):
    """Owners remove anybody, and everybody may leave."""
    is_own = bool(membership) and membership.user_id == user.pk
    return is_own or changes_member(user, membership)


@policy("manage_invitation")
def manages_invitation(user, invitation=None):
    return bool(invitation) and changes_organisation(user, invitation.organisation)


@policy("answer_join_request")
def answers_join_request(user, request=None):
    return bool(request) and changes_organisation(user, request.organisation)


@policy("withdraw_join_request")
def withdraws_join_request(user, request=None):
    return bool(request) and request.user_id == user.pk


@policy("manage_people")
def manages_people(user, thing=None):
    return user.is_superuser or user.has_role(Role.ADMINISTRATOR)


@policy("read_everything")
def reads_everything(user, thing=None):
    return user.has_role(Role.AUDITOR)
