"""Who may screen, and who sees what was found."""

from grants.accounts.models import DESK_READERS, Role
from grants.applications.policies import acts_as
from grants.core.policy import policy


@policy("view_checks")
def sees_checks(user, application=None):
    """The desk, but where something keeps a person from the application."""
    return acts_as(user, application, *DESK_READERS)


@policy("run_screening")
def runs_screening(user, round=None):
    return user.has_role(Role.OFFICER)


@policy("change_screening_rules")
def changes_screening_rules(user, round=None):
    return user.has_role(Role.OFFICER)


@policy("import_signals")
def imports_signals(user, thing=None):
    return user.has_role(Role.OFFICER)


@policy("view_signals")
def sees_signals(user, thing=None):
    return user.has_role(*DESK_READERS)
