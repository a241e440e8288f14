"""Who acts for an organisation: joining, another role, leaving. There is always an owner."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.accounts.models import MemberRole, Membership, Organisation, User
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record


def works_for_the_fund(user: User) -> bool:
    """Staff would lose their say in the organisation's cases by joining it."""
    return bool(user.is_staff or user.is_superuser or user.roles)


def join(organisation: Organisation, user: User, role: str, *, by) -> Membership:
    """Writes the membership and its event; inside the caller's transaction."""
    membership = Membership.objects.create(organisation=organisation, user=user, role=role)
    user.__dict__.pop("_memberships", None)
    record(membership, "join", by=by, data={"email": user.email, "role": role})
    return membership


@transaction.atomic
def add_member(organisation: Organisation, *, by: User, email: str, role: str) -> Membership:
    """Adds a person who has an account and no role at the fund's desk.

    `Refused` says the same of staff and of an address without an account: it does not tell who has
    one.
    """
    require(by, "change_organisation", organisation)
    lock(organisation)
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user and organisation.role_of(user):
        raise Refused(_("This person is a member already."), field="email")
    if user is None or works_for_the_fund(user):
        raise Refused(
            _(
                "This person cannot be added. They must have signed up with this address, "
                "and must not work for the fund."
            ),
            field="email",
        )
    return join(organisation, user, MemberRole(role), by=by)


def _still(membership: Membership) -> Membership:
    """The membership as it is now, with its organisation locked against other changes of members.

    Raises `Refused` where it ended meanwhile.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(
        pk=membership.organisation_id
    )
    fresh = Membership.objects.select_related("user").filter(pk=membership.pk).first()
    if fresh is None:
        raise Refused(_("This person is no longer a member."))
    fresh.organisation = organisation
    return fresh


def _refuse_last_owner(membership: Membership, sentence: str) -> None:
    others = membership.organisation.memberships.filter(role=MemberRole.OWNER)
    if membership.role == MemberRole.OWNER and not others.exclude(pk=membership.pk).exists():
        raise Refused(sentence)


def _require_owner(by: User, organisation: Organisation) -> None:
    """Asks the database again: `by` may have been an owner when the page was opened."""
    by.__dict__.pop("_memberships", None)
    require(by, "change_organisation", organisation)


@transaction.atomic
def remove_member(membership: Membership, *, by: User) -> None:
    """Ends a membership. The last owner cannot leave."""
    fresh = _still(membership)
    if fresh.user_id != by.pk:
        _require_owner(by, fresh.organisation)
    _refuse_last_owner(fresh, _("The last owner cannot leave. Make somebody else an owner first."))
    record(fresh, "leave", by=by, data={"email": fresh.user.email, "role": fresh.role})
    fresh.delete()
    by.__dict__.pop("_memberships", None)


@transaction.atomic
def change_role(membership: Membership, *, by: User, role: str) -> None:
    """Gives a member another role. No effect where it is theirs; the last owner stays one."""
    fresh = _still(membership)
    _require_owner(by, fresh.organisation)
    if fresh.role == MemberRole(role):
        return
    _refuse_last_owner(fresh, _("There must be an owner. Make somebody else an owner first."))
    _write_role(fresh, role, by=by)
    membership.role = role


@transaction.atomic
def hand_over(membership: Membership, *, by: User) -> None:
    """Makes a member an owner in one's own place: one becomes an editor."""
    fresh = _still(membership)
    _require_owner(by, fresh.organisation)
    if fresh.user_id == by.pk:
        raise Refused(_("You are an owner already. Choose somebody else."))
    own = fresh.organisation.memberships.select_related("user").get(user=by)
    own.organisation = fresh.organisation
    if fresh.role != MemberRole.OWNER:
        _write_role(fresh, MemberRole.OWNER, by=by)
    _write_role(own, MemberRole.EDITOR, by=by)
    by.__dict__.pop("_memberships", None)
    membership.role = MemberRole.OWNER


def _write_role(membership: Membership, role: str, *, by: User) -> None:
    data = {"email": membership.user.email, "before": {"role": membership.role}}
    membership.role = MemberRole(role)
    membership.save(update_fields=["role"])
    record(membership, "change_role", by=by, data=data | {"after": {"role": membership.role}})
