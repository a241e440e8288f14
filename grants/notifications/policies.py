"""Who may read the mails at the desk."""

from grants.accounts.models import Role
from grants.core.policy import policy


@policy("read_mails")
def reads_mails(user, thing=None):
    return user.is_superuser or user.has_role(Role.ADMINISTRATOR, Role.AUDITOR)


@policy("retry_mails")
def retries_mails(user, thing=None):
    return user.is_superuser or user.has_role(Role.ADMINISTRATOR)
