"""People's accounts and their roles at the desk."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from grants.accounts.models import Role, User
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.models import Event
from grants.events.services import lock, record


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
