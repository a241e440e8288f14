"""Who may do what: the policies alone decide, for superusers and strangers too."""

import pytest
import rules
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from rules.permissions import permissions

from grants.accounts.models import Organisation, User
from grants.accounts.services import add_member, grant_role, remove_member
from grants.core.policy import require
from tests import cast

pytestmark = pytest.mark.django_db

DECIDING = [
    "approve_batch",
    "assign_reviewer",
    "confirm_decision",
    "discard_decision",
    "export_payouts",
    "hold_payout",
    "judge_milestone",
    "manage_award",
    "open_round",
    "prepare_batch",
    "propose_decision",
    "release_decision",
    "reopen_review",
    "return_application",
    "screen_application",
    "verify_payee",
    "view_money",
    "view_scores",
]


def names() -> list[str]:
    return sorted(name for name in permissions if name.startswith("grants."))


@pytest.mark.parametrize("name", DECIDING)
def test_superuser_decides_nothing_and_moves_no_money(name):
    superuser = cast.person("superuser")

    assert rules.perm_exists(f"grants.{name}")
    assert not superuser.has_perm(f"grants.{name}")


def test_superuser_is_asked_about_the_thing_too():
    superuser = cast.person("superuser")
    decision = cast.proposed()

    assert not superuser.has_perm("grants.confirm_decision", decision)
    assert not superuser.has_perm("grants.view_application", decision.application)
    with pytest.raises(PermissionDenied):
        require(superuser, "confirm_decision", decision)


def test_stranger_and_visitor_have_no_permission_of_ours():
    stranger, visitor = cast.person("stranger"), AnonymousUser()

    assert [name for name in names() if stranger.has_perm(name)] == []
    assert [name for name in names() if visitor.has_perm(name)] == []


def test_person_who_is_not_active_has_no_permission():
    officer = cast.person("officer")
    User.objects.filter(pk=officer.pk).update(is_active=False)
    officer = User.objects.get(pk=officer.pk)

    assert [name for name in names() if officer.has_perm(name)] == []


def test_the_system_itself_may():
    assert require(None, "open_round") is None


@pytest.mark.parametrize(
    ("role", "edits", "binds", "changes"),
    [
        ("owner", True, True, True),
        ("editor", True, False, False),
        ("signatory", True, True, False),
        ("viewer", False, False, False),
    ],
)
def test_member_may_what_the_role_says(role, edits, binds, changes):
    application = cast.draft()
    organisation, friend = application.organisation, cast.person("friend")
    add_member(organisation, by=cast.person(), email=friend.email, role=role)

    friend = User.objects.get(pk=friend.pk)

    assert friend.has_perm("grants.view_application", application)
    assert friend.has_perm("grants.edit_application", application) is edits
    assert friend.has_perm("grants.submit_application", application) is edits
    assert friend.has_perm("grants.name_payee", organisation) is binds
    assert friend.has_perm("grants.change_organisation", organisation) is changes


def test_only_an_owner_adds_and_removes_members():
    organisation, editor = cast.company(), cast.person("editor")
    add_member(organisation, by=cast.person(), email=editor.email, role="editor")
    cast.person("friend")
    editor = User.objects.get(pk=editor.pk)

    with pytest.raises(PermissionDenied):
        add_member(organisation, by=editor, email="friend@test.example", role="owner")
    with pytest.raises(PermissionDenied):
        remove_member(organisation.memberships.get(role="owner"), by=editor)
    assert organisation.memberships.count() == 2

    remove_member(organisation.memberships.get(role="editor"), by=editor)
    assert organisation.memberships.count() == 1


@pytest.mark.parametrize("handle", ["officer", "controller", "auditor", "stranger"])
def test_only_an_administrator_gives_roles(handle):
    person = cast.person(handle)

    with pytest.raises(PermissionDenied):
        grant_role(person, "administrator", by=person)

    assert "administrator" not in User.objects.get(pk=person.pk).roles


@pytest.mark.parametrize(
    ("handle", "seen"),
    [("applicant", 1), ("stranger", 0), ("reviewer", 0), ("officer", 2), ("auditor", 2)],
)
def test_organisations_are_visible_to_members_and_the_desk(handle, seen):
    cast.individual("applicant")
    cast.individual("other")

    assert Organisation.objects.visible_to(cast.person(handle)).count() == seen
