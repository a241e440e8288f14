"""Who may screen, and who sees what was found."""

from grants.accounts.models import DESK_READERS, Role
from grants.accounts.policies import is_member
from grants.core.policy import policy


@policy("view_checks")
def sees_checks(user, application=None):
    """The desk, but for applications of the own organisations."""
    own = application is not None and is_member(user, application.organisation)
    return user.has_role(*DESK_READERS) and not own


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
