"""Who writes about an application, and for whom."""

from grants.accounts.models import Role
from grants.accounts.policies import may_write_for
from grants.applications.policies import acts_as_officer
from grants.core.policy import policy
from grants.messages.models import conflicted_cases


def writes_for_applicant(user, application) -> bool:
    return may_write_for(user, application.organisation)


@policy("answer_applicant")
def answers_applicant(user, application=None):
    """Officers without an interest in the case, once it was submitted or the applicant wrote."""
    if application is None:
        return user.has_role(Role.OFFICER)
    if not acts_as_officer(user, application):
        return False
    return not conflicted_cases(user).filter(application=application).exists()


@policy("write_message")
def writes_message(user, application=None):
    return bool(application) and (
        writes_for_applicant(user, application) or answers_applicant(user, application)
    )
