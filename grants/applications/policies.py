"""Who may do what with an application."""

from grants.accounts.models import DESK_READERS, Role
from grants.accounts.policies import is_member, may_write_for
from grants.core.policy import policy


@policy("view_application")
def sees_application(user, application=None):
    if application is None:
        return user.has_role(*DESK_READERS)
    if is_member(user, application.organisation):
        return True
    return bool(application.submitted_at) and user.has_role(*DESK_READERS)


@policy("edit_application")
def edits_application(user, application=None):
    return bool(application) and may_write_for(user, application.organisation)


@policy("submit_application")
def submits_application(user, application=None):
    return edits_application(user, application)


@policy("withdraw_application")
def withdraws_application(user, application=None):
    return edits_application(user, application)


def acts_as_officer(user, application) -> bool:
    """Officers, but never on the application of an organisation that they belong to."""
    own = application is not None and is_member(user, application.organisation)
    return user.has_role(Role.OFFICER) and not own


@policy("screen_application")
def screens_application(user, application=None):
    return acts_as_officer(user, application)


@policy("return_application")
def returns_application(user, application=None):
    return acts_as_officer(user, application)
