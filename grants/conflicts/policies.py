"""Who may say that they have a conflict."""

from grants.accounts.models import DESK_READERS, Role
from grants.applications.policies import acts_as
from grants.core.policy import policy
from grants.reviews.models import Assignment


@policy("declare_conflict")
def declares_conflict(user, application=None):
    """Whoever at the desk sees the case: readers of the desk, and who holds an assignment."""
    if application is None:
        return bool(user.roles)
    if application.submitted_at and acts_as(user, application, *DESK_READERS):
        return True
    return Assignment.objects.held_by(user).filter(application=application).exists()


@policy("find_conflicts")
def finds_conflicts(user, round=None):
    """Has the data asked now; the portal does it by itself, too."""
    return user.has_role(Role.OFFICER)
