"""Who may propose, confirm and release decisions, and answer for an award."""

from grants.accounts.models import DESK_READERS, Role
from grants.accounts.policies import is_member, may_bind
from grants.applications.policies import acts_as, acts_as_officer
from grants.core.policy import policy


@policy("propose_decision")
def proposes_decision(user, application=None):
    return acts_as_officer(user, application)


def acts_on(user, decision, *roles) -> bool:
    """Has one of the roles, and nothing keeps the person from the case."""
    return acts_as(user, decision and decision.application, *roles)


@policy("confirm_decision")
def confirms_decision(user, decision=None):
    """Approvers, never on a decision that the same person proposed."""
    own = decision is not None and decision.proposed_by_id == user.pk
    return acts_on(user, decision, Role.APPROVER) and not own


@policy("discard_decision")
def discards_decision(user, decision=None):
    return acts_on(user, decision, Role.APPROVER, Role.OFFICER)


@policy("release_decision")
def releases_decision(user, decision=None):
    return acts_on(user, decision, Role.APPROVER, Role.OFFICER)


@policy("view_award")
def sees_award(user, award=None):
    if acts_as(user, award and award.application, *DESK_READERS):
        return True
    if award is None:
        return False
    return is_member(user, award.organisation) and award.decision.state == "released"


@policy("answer_award")
def answers_award(user, award=None):
    return bool(award) and may_bind(user, award.organisation)


@policy("manage_award")
def manages_award(user, award=None):
    return acts_as_officer(user, award.application if award else None)


@policy("lead_meeting")
def leads_meeting(user, meeting=None):
    return user.has_role(Role.OFFICER, Role.APPROVER)


@policy("view_board")
def sees_board(user, round=None):
    """The ranking of a round: who may see scores; each person without the cases kept from them."""
    return user.has_role(*DESK_READERS)
