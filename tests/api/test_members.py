"""Members, invitations and requests to join, by software."""

import pytest

from grants.accounts.models import Invitation, JoinRequest, Membership, Organisation
from grants.accounts.services import add_member
from grants.events.models import Event
from tests import cast
from tests.api.calls import Caller, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    made = cast.company()
    add_member(made, by=cast.person(), email=cast.person("editor").email, role="editor")
    return made


def member(handle: str) -> Membership:
    return Membership.objects.get(user=cast.person(handle))


def test_members_are_listed_with_what_the_caller_may_do(company):
    found = {
        handle: {
            row["name"]: (row["role"], row["verbs"])
            for row in Caller(handle).get("members/", organisation=company.pk).json()["results"]
        }
        for handle in ("applicant", "editor", "officer", "stranger")
    }

    names = [str(cast.person(handle)) for handle in ("applicant", "editor")]
    every = ["change-role", "hand-over", "remove"]
    assert found == {
        "applicant": dict(zip(names, [("owner", every), ("editor", every)], strict=True)),
        "editor": dict(zip(names, [("owner", []), ("editor", ["remove"])], strict=True)),
        "officer": dict(zip(names, [("owner", []), ("editor", [])], strict=True)),
        "stranger": {},
    }


def test_owner_changes_a_role_hands_over_and_is_an_editor_then(company):
    caller, row = Caller("applicant"), member("editor").pk

    changed = caller.post(f"members/{row}/change-role/", {"role": "signatory"})
    handed = caller.post(f"members/{row}/hand-over/")

    assert (changed.json()["role"], handed.json()["role"]) == ("signatory", "owner")
    assert member("applicant").role == "editor"
    assert caller.post(f"members/{row}/change-role/", {"role": "viewer"}).status_code == 403


def test_member_leaves_and_the_last_owner_cannot(company):
    left = Caller("editor").post(f"members/{member('editor').pk}/remove/")
    stays = Caller("applicant").post(f"members/{member('applicant').pk}/remove/")

    assert (left.status_code, left.content) == (204, b"")
    assert problem(stays) == (409, "refused", [])
    assert company.memberships.count() == 1


def test_invited_person_joins_by_the_token_and_nobody_else(company):
    body = {"organisation": company.pk, "email": cast.person("new").email, "role": "viewer"}
    made = Caller("applicant").post("invitations/", body)
    again = Caller("applicant").post("invitations/", body)
    invitation = Invitation.objects.get()
    token = {"token": invitation.token}

    assert (made.status_code, made.json()["verbs"]) == (201, ["resend", "withdraw"])
    assert problem(again) == (409, "refused", [("email", "refused")])
    assert Caller("stranger").post("invitations/accept/", token).status_code == 403
    assert Caller("new").post("invitations/accept/", {"token": "x"}).status_code == 404
    joined = Caller("new").post("invitations/accept/", token)
    assert (joined.status_code, joined.json()["role"]) == (201, "viewer")
    assert Caller("applicant").get("invitations/", state="open").json()["results"] == []


def test_invitation_is_declined_and_withdrawn(company):
    caller = Caller("applicant")
    for handle in ("new", "other"):
        body = {"organisation": company.pk, "email": cast.person(handle).email, "role": "viewer"}
        caller.post("invitations/", body)
    first, second = Invitation.objects.order_by("pk")

    declined = Caller("new").post("invitations/decline/", {"token": first.token})
    withdrawn = caller.post(f"invitations/{second.pk}/withdraw/")

    assert (declined.status_code, withdrawn.json()["state"]) == (204, "withdrawn")
    late = Caller("other").post("invitations/accept/", {"token": second.token})
    assert problem(late) == (409, "refused", [])
    assert caller.post(f"invitations/{first.pk}/resend/").status_code == 409


def test_organisation_of_others_cannot_be_named(company):
    body = {"organisation": company.pk, "email": "x@example.com", "role": "viewer"}

    assert problem(Caller("stranger").post("invitations/", body)) == (
        400,
        "invalid",
        [("organisation", "does_not_exist")],
    )
    assert Caller("editor").post("invitations/", body).status_code == 403
    assert not Invitation.objects.exists()


def test_asking_to_join_is_answered_by_an_owner(company):
    asked = Caller("stranger").post("join-requests/", {"credit_code": company.credit_code})
    address = f"join-requests/{asked.json()['id']}/"

    assert (asked.status_code, asked.json()["verbs"]) == (201, ["withdraw"])
    assert Caller("editor").get(address).status_code == 404
    let_in = Caller("applicant").post(f"{address}accept/", {"role": "viewer"})
    assert let_in.json()["state"] == "accepted"
    assert member("stranger").role == "viewer"


def test_request_is_withdrawn_by_who_asked_alone(company):
    Caller("stranger").post("join-requests/", {"credit_code": company.credit_code})
    address = f"join-requests/{JoinRequest.objects.get().pk}/"

    assert Caller("applicant").post(f"{address}withdraw/").status_code == 403
    assert Caller("stranger").post(f"{address}withdraw/").json()["state"] == "withdrawn"
    late = Caller("applicant").post(f"{address}accept/", {"role": "viewer"})
    assert problem(late) == (409, "refused", [])


def test_code_that_nobody_registered_is_refused():
    unknown = Caller("stranger").post("join-requests/", {"credit_code": "91330106673959654P"})

    assert problem(unknown) == (409, "refused", [("credit_code", "refused")])
    assert not Event.objects.filter(kind="joinrequest.ask").exists()
