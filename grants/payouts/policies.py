"""Who may name payees and move money."""

from grants.accounts.models import DESK_READERS, Role
from grants.accounts.policies import is_member, may_bind
from grants.applications.models import is_kept_from_organisation
from grants.applications.policies import acts_as
from grants.core.policy import policy
from grants.payouts.models import MONEY_READERS


@policy("view_payee")
def sees_payee(user, payee=None):
    is_desk = user.has_role(*MONEY_READERS, Role.OFFICER)
    if payee is None or is_member(user, payee.organisation):
        return is_desk or payee is not None
    return is_desk and not is_kept_from_organisation(user, payee.organisation)


@policy("name_payee")
def names_payee(user, organisation=None):
    return may_bind(user, organisation)


@policy("verify_payee")
def verifies_payee(user, payee=None):
    """The controller, never for an organisation that something keeps the person from."""
    own = payee is not None and (
        payee.named_by_id == user.pk or is_kept_from_organisation(user, payee.organisation)
    )
    return user.has_role(Role.CONTROLLER) and not own


@policy("show_account")
def shows_account(user, payee=None):
    """The whole account number; that it was shown is recorded."""
    own = payee is not None and is_kept_from_organisation(user, payee.organisation)
    return user.has_role(Role.FINANCE, Role.CONTROLLER) and not own


@policy("view_payout")
def sees_payout(user, payout=None):
    if acts_as(user, payout and payout.award.application, *DESK_READERS):
        return True
    return bool(payout) and is_member(user, payout.award.organisation)


@policy("view_money")
def sees_money(user, thing=None):
    """Batches, attempts, the books and the payout report."""
    return user.has_role(*MONEY_READERS)


@policy("export_payouts")
def exports_payouts(user, thing=None):
    return user.has_role(*MONEY_READERS)


@policy("prepare_batch")
def prepares_batch(user, batch=None):
    return user.has_role(Role.FINANCE)


@policy("stop_rail")
def stops_rail(user, thing=None):
    return user.has_role(Role.CONTROLLER)


@policy("hold_payout")
def holds_payout(user, payout=None):
    return acts_as(user, payout and payout.award.application, Role.FINANCE, Role.CONTROLLER)


@policy("approve_batch")
def approves_batch(user, batch=None):
    """The controller, never on a batch that the same person prepared."""
    own = batch is not None and batch.prepared_by_id == user.pk
    return user.has_role(Role.CONTROLLER) and not own


@policy("make_bank_file")
def makes_bank_file(user, batch=None):
    """The file has whole account numbers; each time it is taken is recorded."""
    return user.has_role(Role.FINANCE, Role.CONTROLLER)


@policy("match_line")
def matches_line(user, line=None):
    """Uploads statements and says which payment a line is about."""
    return user.has_role(Role.FINANCE)


@policy("close_day")
def closes_day(user, day=None):
    return user.has_role(Role.CONTROLLER)


@policy("settle_by_hand")
def settles_by_hand(user, payout=None):
    """The controller, never for a batch that the same person prepared."""
    batch = payout and payout.batch
    own = bool(batch) and batch.prepared_by_id == user.pk
    return user.has_role(Role.CONTROLLER) and not own
