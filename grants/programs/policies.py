"""Who may run funds, programs and rounds."""

from grants.accounts.models import DESK_READERS, Role
from grants.core.policy import policy


@policy("manage_rounds")
def manages_rounds(user, thing=None):
    """Sees drafts and follows rounds at the desk."""
    return user.has_role(*DESK_READERS) or user.is_superuser


@policy("change_round")
def changes_round(user, thing=None):
    return user.has_role(Role.OFFICER)


@policy("open_round")
def opens_round(user, thing=None):
    return user.has_role(Role.OFFICER)


@policy("set_limits")
def sets_limits(user, fund=None):
    """When two controllers are needed, and how long a changed account waits."""
    return user.has_role(Role.CONTROLLER)


@policy("found_fund")
def founds_fund(user, thing=None):
    return user.has_role(Role.OFFICER)
