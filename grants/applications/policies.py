"""Who may do what with an application."""

from grants.accounts.models import DESK_READERS, MemberRole, Role
from grants.accounts.policies import is_member, may_write_for
from grants.applications.models import is_kept_from, is_kept_from_organisation
from grants.core.policy import policy


def acts_as(user, application, *roles) -> bool:
    """Has one of the roles, and nothing keeps the person from the application; None is any."""
    if not user.has_role(*roles):
        return False
    return application is None or not is_kept_from(user, application)


@policy("view_application")
def sees_application(user, application=None):
    if application is None:
        return user.has_role(*DESK_READERS)
    if is_member(user, application.organisation):
        return True
    return bool(application.submitted_at) and acts_as(user, application, *DESK_READERS)


@policy("edit_application")
def edits_application(user, application=None):
    return bool(application) and may_write_for(user, application.organisation)


@policy("submit_application")
def submits_application(user, application=None):
    return edits_application(user, application)


@policy("sign_application")
def signs_application(user, application=None):
    """A signatory of the organisation; an owner of one that has named none."""
    if application is None:
        return False
    organisation = application.organisation
    role = organisation.role_of(user)
    if role == MemberRole.SIGNATORY:
        return True
    signatories = organisation.memberships.filter(role=MemberRole.SIGNATORY)
    return role == MemberRole.OWNER and not signatories.exists()


@policy("withdraw_application")
def withdraws_application(user, application=None):
    return edits_application(user, application)


def acts_as_officer(user, application) -> bool:
    """Officers, but never where something keeps them from the application."""
    return acts_as(user, application, Role.OFFICER)


@policy("screen_application")
def screens_application(user, application=None):
    return acts_as_officer(user, application)


@policy("return_application")
def returns_application(user, application=None):
    return acts_as_officer(user, application)


@policy("extend_application")
def extends_application(user, application=None):
    return acts_as_officer(user, application)


JUDGES = (Role.OFFICER, Role.ADMINISTRATOR)


@policy("view_conflicts")
def sees_conflicts(user, application=None):
    return acts_as(user, application, *DESK_READERS, Role.ADMINISTRATOR)


@policy("record_conflict")
def records_conflict(user, application=None):
    """For somebody else; what keeps oneself away is declared."""
    return acts_as(user, application, *JUDGES)


@policy("judge_conflict")
def judges_conflict(user, conflict=None):
    """Never an own one."""
    if conflict is not None and conflict.person_id == user.pk:
        return False
    return acts_as(user, conflict and conflict.application, *JUDGES)


@policy("declare_standing_conflict")
def declares_standing_conflict(user, person=None):
    """Everybody at the desk for oneself, officers and administrators for others."""
    is_own = person is None or person.pk == user.pk
    return bool(user.roles) if is_own else user.has_role(*JUDGES)


@policy("end_standing_conflict")
def ends_standing_conflict(user, row=None):
    """Neither the person, nor who belongs to the organisation or has a conflict with it."""
    if row is None:
        return user.has_role(*JUDGES)
    is_barred = row.person_id == user.pk or is_kept_from_organisation(user, row.organisation)
    return user.has_role(*JUDGES) and not is_barred
