"""Who adds and who verifies a business licence."""

from grants.accounts.models import Role
from grants.applications.models import is_kept_from_organisation
from grants.core.policy import policy


@policy("verify_licence")
def verifies_licence(user, licence=None):
    """Officers, but never that of an organisation that something keeps them from."""
    own = licence is not None and is_kept_from_organisation(user, licence.organisation)
    return user.has_role(Role.OFFICER) and not own
