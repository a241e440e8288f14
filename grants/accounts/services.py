"""What people do with their accounts and organisations."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NotValid

from grants.accounts.models import (
    ApiKey,
    IdempotentCall,
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    Role,
    User,
)
from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.texts import one_line
from grants.events.models import Event
from grants.events.services import lock, record

LABEL_LENGTH = 80
CALLS_ARE_KEPT = timedelta(days=30)


def make_role_groups(**_signal) -> None:
    """Makes a group for each role; runs after every migrate."""
    for role in Role.values:
        Group.objects.get_or_create(name=role)


@transaction.atomic
def confirm_email(user: User) -> None:
    """Records, once, that the person has shown an address to be theirs."""
    lock(user)
    if not Event.objects.of_thing(user).filter(kind="user.confirm").exists():
        record(user, "confirm", by=user)


@transaction.atomic
def grant_role(user: User, role: str, *, by) -> None:
    """Gives a desk role. No effect where the person has it."""
    require(by, "manage_people")
    if by is not None and by.pk == user.pk:
        raise Refused(_("Nobody gives a role to themselves. Ask another administrator."))
    if role in user.roles:
        return
    user.groups.add(Group.objects.get(name=Role(role).value))
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.is_staff = True
    user.__dict__.pop("roles", None)
    record(user, "grant_role", by=by, data={"role": role})


@transaction.atomic
def remove_role(user: User, role: str, *, by) -> None:
    """Takes a desk role away. No effect where the person does not have it."""
    require(by, "manage_people")
    if role not in user.roles:
        return
    if role == Role.ADMINISTRATOR:
        _refuse_last_administrator(user)
    user.groups.remove(Group.objects.get(name=Role(role).value))
    user.__dict__.pop("roles", None)
    still = bool(user.roles) or user.is_superuser
    User.objects.filter(pk=user.pk).update(is_staff=still)
    user.is_staff = still
    record(user, "remove_role", by=by, data={"role": role})


def _refuse_last_administrator(user: User) -> None:
    """Waits for others who take the role away at the same moment."""
    group = Group.objects.select_for_update().get(name=Role.ADMINISTRATOR)
    if not group.user_set.filter(is_active=True).exclude(pk=user.pk).exists():
        raise Refused(_("This is the last administrator. Give the role to somebody else first."))


@transaction.atomic
def change_person(user: User, *, by, name: str, language: str, is_active: bool) -> None:
    """Saves a person's details; who is not active can no longer sign in."""
    require(by, "manage_people")
    if user.pk == by.pk and not is_active:
        raise Refused(_("You cannot shut yourself out."), field="is_active")
    now = {"name": name.strip(), "language": language, "is_active": is_active}
    changed = {field: value for field, value in now.items() if getattr(user, field) != value}
    if changed:
        for field, value in changed.items():
            setattr(user, field, value)
        user.save(update_fields=list(changed))
        record(user, "change", by=by, data={"changed": sorted(changed), "active": is_active})


def clean_credit_code(code: str) -> str:
    """The unified social credit code (GB 32100) in capitals. Raises `Refused` when it is wrong."""
    try:
        valid = uscc.validate(code)
        if valid.startswith("0"):  # no registration authority has the number 0
            raise NotValid
        return valid
    except NotValid:
        raise Refused(
            _("This is not a valid unified social credit code: check its 18 characters."),
            field="credit_code",
        ) from None


@transaction.atomic
def create_organisation(
    *, by: User, kind: str, name: str, credit_code: str = "", website: str = ""
) -> Organisation:
    """Registers an organisation with the person as its owner.

    Raises `Refused` for an empty name, a wrong credit code, and one that is registered already.
    """
    kind, name = OrganisationKind(kind), one_line(name)
    if not name:
        raise Refused(_("Enter the name."), field="name")
    code = clean_credit_code(credit_code) if kind == OrganisationKind.COMPANY else ""
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                kind=kind, name=name, credit_code=code, website=website
            )
    except IntegrityError:
        raise Refused(
            _("This company is registered already. Ask its owner to add you as a member."),
            field="credit_code",
        ) from None
    record(organisation, "create", by=by, data={"name": organisation.name, "credit_code": code})
    _join(organisation, by, MemberRole.OWNER, by=by)
    return organisation


def _join(organisation: Organisation, user: User, role: str, *, by) -> Membership:
    membership = Membership.objects.create(organisation=organisation, user=user, role=role)
    user.__dict__.pop("_memberships", None)
    record(membership, "join", by=by, data={"email": user.email, "role": role})
    return membership


@transaction.atomic
def add_member(organisation: Organisation, *, by: User, email: str, role: str) -> Membership:
    """Adds a person who has an account and no role at the fund's desk.

    Staff would lose their say in the organisation's cases by it. `Refused` says the same of them
    and of an address without an account: it does not tell who has one.
    """
    require(by, "change_organisation", organisation)
    lock(organisation)
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user and organisation.role_of(user):
        raise Refused(_("This person is a member already."), field="email")
    if user is None or user.is_staff or user.is_superuser or user.roles:
        raise Refused(
            _(
                "This person cannot be added. They must have signed up with this address, "
                "and must not work for the fund."
            ),
            field="email",
        )
    return _join(organisation, user, MemberRole(role), by=by)


@transaction.atomic
def remove_member(membership: Membership, *, by: User) -> None:
    """Ends a membership. The last owner cannot leave."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if membership.user_id != by.pk:
        require(by, "change_organisation", organisation)
    owners = organisation.memberships.filter(role=MemberRole.OWNER)
    if membership.role == MemberRole.OWNER and owners.count() == 1:
        raise Refused(_("The last owner cannot leave. Make somebody else an owner first."))
    record(membership, "leave", by=by, data={"email": membership.user.email})
    membership.delete()


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def create_api_key(user: User, *, label: str, by) -> tuple[ApiKey, str]:
    """Makes a key; returns its row and, this once, the key itself (256 random bits)."""
    label = label.strip()
    if not 1 <= len(label) <= LABEL_LENGTH:
        raise Refused(
            _("Say in 1 to %(limit)s characters what the key is for.") % {"limit": LABEL_LENGTH},
            field="label",
        )
    key = "amos_" + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(user=user, label=label, prefix=key[:12], key_hash=hash_key(key))
    record(row, "create", by=by, data={"label": label, "owner": user.email})
    return row, key


@transaction.atomic
def revoke_api_key(row: ApiKey, *, by) -> None:
    """Ends a key at once. No effect where it is ended."""
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        record(row, "revoke", by=by)


def forget_idempotent_calls() -> int:
    """Deletes the answers of POSTs that are older than a month; returns how many."""
    old = IdempotentCall.objects.filter(at__lt=timezone.now() - CALLS_ARE_KEPT)
    deleted, _by_model = old.delete()
    return deleted


def user_of_key(key: str) -> User | None:
    """The active owner of a key that is not revoked; notes its use, at most once a minute."""
    row = ApiKey.objects.select_related("user").filter(key_hash=hash_key(key)).first()
    if row is None or row.revoked_at or not row.user.is_active:
        return None
    now = timezone.now()
    if row.last_used_at is None or (now - row.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)
    return row.user
