"""Who adds and who verifies a business licence."""

from grants.accounts.models import Role
from grants.accounts.policies import is_member
from grants.core.policy import policy


@policy("verify_licence")
def verifies_licence(user, licence=None):
    """Officers, but never that of an organisation that they belong to."""
    own = licence is not None and is_member(user, licence.organisation)
    return user.has_role(Role.OFFICER) and not own
