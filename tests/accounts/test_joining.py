"""Invitations, requests to join, other roles, handing over: there is always an owner."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grants.accounts.models import Invitation, JoinRequest, Membership, Organisation, Role, User
from grants.accounts.services import add_member, change_role, hand_over, remove_member
from grants.accounts.services.invitations import (
    accept_invitation,
    decline_invitation,
    invitation_of,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from grants.accounts.services.joining import (
    accept_request,
    ask_to_join,
    decline_request,
    withdraw_request,
)
from grants.core.errors import Refused
from grants.events.models import Event
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db
CODE = "91330106673959654P"


def invited(handle: str = "friend", role: str = "editor") -> Invitation:
    email = f"{handle}@test.example"
    return invite(cast.company(), by=cast.person(), email=f" {email.upper()} ", role=role)


def aged(invitation: Invitation, **ago) -> Invitation:
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now() - timedelta(**ago))
    invitation.refresh_from_db()
    return invitation


def roles(organisation: Organisation) -> dict[str, str]:
    rows = organisation.memberships.select_related("user")
    return {row.user.name: row.role for row in rows}


def test_invited_person_joins_once_with_the_role():
    invitation, friend = invited(), cast.person("friend")

    first = accept_invitation(invitation_of(invitation.token), by=friend)
    second = accept_invitation(invitation_of(invitation.token), by=friend)

    assert first == second
    assert roles(cast.company()) == {"applicant": "owner", "friend": "editor"}
    assert Event.objects.filter(kind="membership.join").count() == 2


def test_token_is_kept_as_a_hash_and_is_in_no_event():
    invitation = invited()

    row = Invitation.objects.values().get()
    assert invitation.token not in str(row)
    assert invitation.token not in str(list(Event.objects.values()))
    assert invitation_of("0" * 64) is None
    assert invitation_of(invitation.token_hash) is None


def test_invitation_is_for_its_address_alone():
    invitation = invited()

    with pytest.raises(PermissionDenied):
        accept_invitation(invitation, by=cast.person("other"))

    assert roles(cast.company()) == {"applicant": "owner"}


@pytest.mark.parametrize("handle", [*Role.values, "superuser"])
def test_staff_are_invited_like_anybody_and_cannot_accept(handle):
    invitation = invited(handle)

    with pytest.raises(Refused):
        accept_invitation(invitation, by=cast.person(handle))

    assert roles(cast.company()) == {"applicant": "owner"}
    assert Invitation.objects.get().state == "open"


@pytest.mark.parametrize("end", ["withdraw", "decline", "expire"])
def test_invitation_that_is_over_lets_nobody_in(end):
    invitation, friend = invited(), cast.person("friend")
    if end == "withdraw":
        withdraw_invitation(invitation, by=cast.person())
    elif end == "decline":
        decline_invitation(invitation, by=friend)
    else:
        aged(invitation, days=7, seconds=1)

    with pytest.raises(Refused):
        accept_invitation(invitation_of(invitation.token), by=friend)

    assert roles(cast.company()) == {"applicant": "owner"}


def test_invitation_sent_again_has_another_link():
    invitation = aged(invited(), minutes=6)
    before = invitation.token

    resend_invitation(invitation, by=cast.person())

    fresh = Invitation.objects.get()
    assert (invitation_of(before), invitation_of(fresh.token)) == (None, fresh)
    with pytest.raises(Refused):
        resend_invitation(fresh, by=cast.person())
    assert Invitation.objects.get().token == fresh.token


def test_address_is_invited_once_until_it_expires():
    first = invited()
    with pytest.raises(Refused) as refused:
        invited()
    assert list(refused.value.problems) == ["email"]
    aged(first, days=8)

    second = invited(role="viewer")

    first.refresh_from_db()
    assert (first.state, second.state, Invitation.objects.count()) == ("expired", "open", 2)


@pytest.mark.parametrize("handle", ["editor", "viewer", "signatory", "stranger", "officer"])
def test_owners_alone_invite_and_answer(handle):
    company, by = cast.company(), cast.person(handle)
    if handle in ("editor", "viewer", "signatory"):
        add_member(company, by=cast.person(), email=by.email, role=handle)
    invitation = invited()
    asked = ask_to_join(by=cast.person("asker"), credit_code=CODE)
    before = roles(company)

    for deed in (
        lambda: invite(company, by=by, email="x@x.example", role="viewer"),
        lambda: resend_invitation(invitation, by=by),
        lambda: withdraw_invitation(invitation, by=by),
        lambda: accept_request(asked, by=by, role="editor"),
        lambda: decline_request(asked, by=by),
        lambda: withdraw_request(asked, by=by),
        lambda: change_role(company.memberships.get(role="owner"), by=by, role="viewer"),
        lambda: hand_over(company.memberships.get(role="owner"), by=by),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert roles(company) == before
    assert Invitation.objects.get().state == JoinRequest.objects.get().state == "open"


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_one_invitation_join_once():
    invitation, friend = invited(), cast.person("friend")
    other = cast.person("other")

    made = together(
        *[
            lambda by=by: accept_invitation(
                invitation_of(invitation.token), by=User.objects.get(pk=by.pk)
            )
            for by in (friend, friend, friend, other)
        ]
    )

    names = sorted(type(found).__name__ for found in made)
    assert names == ["Membership"] * 3 + ["PermissionDenied"]
    assert roles(cast.company()) == {"applicant": "owner", "friend": "editor"}


def test_asking_twice_asks_once_and_tells_nothing():
    cast.company()
    asker = cast.person("asker")

    first = ask_to_join(by=asker, credit_code=CODE.lower(), note="  Li\u200b\n李 ")
    second = ask_to_join(by=asker, credit_code=CODE)

    assert first == second
    assert first.note == "Li 李"
    assert Event.objects.filter(kind="joinrequest.ask").count() == 1


def test_accepted_asker_becomes_a_member_with_the_role_that_the_owner_chose():
    company = cast.company()
    asked = ask_to_join(by=cast.person("asker"), credit_code=CODE)

    accept_request(asked, by=cast.person(), role="signatory")

    assert roles(company) == {"applicant": "owner", "asker": "signatory"}
    with pytest.raises(Refused):
        decline_request(asked, by=cast.person())


def test_asker_who_was_declined_waits_a_month():
    cast.company()
    asker = cast.person("asker")
    decline_request(ask_to_join(by=asker, credit_code=CODE), by=cast.person())

    with pytest.raises(Refused):
        ask_to_join(by=asker, credit_code=CODE)
    JoinRequest.objects.update(decided_at=timezone.now() - timedelta(days=31))

    assert ask_to_join(by=asker, credit_code=CODE).state == "open"


@pytest.mark.parametrize("handle", ["applicant", *Role.values])
def test_members_and_staff_cannot_ask(handle):
    cast.company()

    with pytest.raises(Refused):
        ask_to_join(by=cast.person(handle), credit_code=CODE)

    assert JoinRequest.objects.count() == 0


def test_company_that_nobody_registered_cannot_be_joined():
    with pytest.raises(Refused) as refused:
        ask_to_join(by=cast.person(), credit_code=CODE)

    assert list(refused.value.problems) == ["credit_code"]


def test_role_changes_and_the_last_owner_stays():
    company = cast.company()
    friend = add_member(company, by=cast.person(), email=cast.person("friend").email, role="viewer")

    change_role(friend, by=cast.person(), role="signatory")
    with pytest.raises(Refused):
        change_role(company.memberships.get(role="owner"), by=cast.person(), role="viewer")

    assert roles(company) == {"applicant": "owner", "friend": "signatory"}
    event = Event.objects.get(kind="membership.change_role")
    assert (event.data["before"], event.data["after"]) == (
        {"role": "viewer"},
        {"role": "signatory"},
    )


def test_ownership_is_handed_over():
    company = cast.company()
    friend = add_member(company, by=cast.person(), email=cast.person("friend").email, role="viewer")

    hand_over(friend, by=cast.person())

    assert roles(company) == {"applicant": "editor", "friend": "owner"}
    with pytest.raises(PermissionDenied):
        hand_over(friend, by=User.objects.get(pk=cast.person().pk))


@pytest.mark.django_db(transaction=True)
def test_owners_who_leave_step_down_and_hand_over_at_once_leave_one():
    company = cast.company()
    for handle in ("second", "third"):
        add_member(company, by=cast.person(), email=cast.person(handle).email, role="owner")
    rows = {row.user.name: row for row in company.memberships.select_related("user")}

    def by(handle: str) -> User:
        return User.objects.get(email=f"{handle}@test.example")

    together(
        lambda: remove_member(rows["applicant"], by=by("applicant")),
        lambda: change_role(rows["second"], by=by("second"), role="editor"),
        lambda: remove_member(rows["third"], by=by("third")),
    )

    assert Membership.objects.filter(organisation=company, role="owner").count() == 1


def test_former_owner_removes_nobody():
    company = cast.company()
    friend = add_member(company, by=cast.person(), email=cast.person("friend").email, role="owner")
    stale = cast.person()
    assert company.role_of(stale) == "owner"
    change_role(company.memberships.get(user=stale), by=cast.person("friend"), role="viewer")

    with pytest.raises(PermissionDenied):
        remove_member(friend, by=stale)

    assert roles(company) == {"applicant": "viewer", "friend": "owner"}
