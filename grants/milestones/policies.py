"""Who may report and judge milestones."""

from grants.accounts.models import DESK_READERS
from grants.accounts.policies import is_member, may_write_for
from grants.applications.policies import acts_as, acts_as_officer
from grants.core.policy import policy


@policy("view_milestone")
def sees_milestone(user, milestone=None):
    if milestone and is_member(user, milestone.award.organisation):
        return True
    return acts_as(user, milestone and milestone.award.application, *DESK_READERS)


@policy("submit_milestone")
def reports_milestone(user, milestone=None):
    return bool(milestone) and may_write_for(user, milestone.award.organisation)


@policy("judge_milestone")
def judges_milestone(user, milestone=None):
    return acts_as_officer(user, milestone.award.application if milestone else None)
