"""Inviting, answering, asking to join, and the licence: each door for each person."""

import pytest
from django.urls import reverse

from grants.accounts.models import Invitation, JoinRequest, Organisation
from grants.accounts.services import add_member
from grants.accounts.services.invitations import invite
from grants.accounts.services.joining import ask_to_join
from grants.licences.models import Licence
from grants.licences.services import refuse_licence, upload_licence
from tests import cast

pytestmark = pytest.mark.django_db
EVERYBODY = ("owner", "editor", "viewer", "signatory", "stranger", "officer", "reviewer")


@pytest.fixture
def company() -> Organisation:
    company = cast.company("owner")
    for role in ("editor", "viewer", "signatory"):
        add_member(company, by=cast.person("owner"), email=cast.person(role).email, role=role)
    return company


def statuses(client, method: str, url: str, *people: str) -> dict[str, int]:
    found = {}
    for handle in people or EVERYBODY:
        client.force_login(cast.person(handle))
        found[handle] = getattr(client, method)(url).status_code
    return found


def test_owner_invites_by_the_page_and_sees_it_waiting(client, company):
    client.force_login(cast.person("owner"))

    response = client.post(
        reverse("member-invite", args=[company.pk]),
        {"email": "New@Test.example", "role": "viewer"},
        follow=True,
    )

    [card] = response.context["cards"]
    assert [(row.email, row.role) for row in card["invitations"]] == [
        ("new@test.example", "viewer")
    ]


def test_member_who_is_there_is_said_beside_the_field(client, company):
    client.force_login(cast.person("owner"))

    response = client.post(
        reverse("member-invite", args=[company.pk]),
        {"email": cast.person("editor").email, "role": "viewer"},
    )

    assert response.context["form"].errors == {"email": ["This person is a member already."]}
    assert Invitation.objects.count() == 0


def test_invitations_are_the_owners_to_send_again_and_to_withdraw(client, company):
    row = invite(company, by=cast.person("owner"), email="new@test.example", role="viewer")

    for verb in ("resend", "withdraw"):
        url = reverse("invitation-verb", args=[row.pk, verb])
        found = statuses(client, "post", url, *EVERYBODY[1:])
        assert set(found.values()) == {404}
    client.force_login(cast.person("owner"))
    assert client.get(reverse("invitation-verb", args=[row.pk, "resend"])).status_code == 405
    assert client.post(reverse("invitation-verb", args=[row.pk, "drop"])).status_code == 404
    client.post(reverse("invitation-verb", args=[row.pk, "withdraw"]))

    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_link_of_an_invitation_asks_first_and_lets_in_the_right_person_alone(client, company):
    row = invite(company, by=cast.person("owner"), email="new@test.example", role="viewer")
    url = reverse("invitation-answer", args=[row.token])
    assert client.get(url).status_code == 302
    client.force_login(cast.person("other"))
    page = client.post(url)
    assert "owner Ltd" not in page.content.decode()

    client.force_login(cast.person("new"))
    assert "owner Ltd" in client.get(url).content.decode()
    assert not company.memberships.filter(user=cast.person("new")).exists()
    client.post(url)

    assert company.memberships.get(user=cast.person("new")).role == "viewer"
    assert client.get(reverse("invitation-answer", args=["0" * 64])).status_code == 404


def test_invited_person_declines(client, company):
    row = invite(company, by=cast.person("owner"), email="new@test.example", role="viewer")
    client.force_login(cast.person("new"))

    client.post(reverse("invitation-answer", args=[row.token]), {"decline": "1"})

    row.refresh_from_db()
    assert (row.state, company.memberships.count()) == ("declined", 4)


def test_second_person_of_a_company_asks_and_the_owner_answers(client, company):
    client.force_login(cast.person("asker"))
    page = client.post(
        reverse("join-ask"), {"credit_code": company.credit_code, "note": "Li"}, follow=True
    )
    [asked] = JoinRequest.objects.all()
    assert list(page.context["asked"]) == [asked]
    assert "owner" not in page.content.decode().lower().replace("owners", "")

    url = reverse("join-answer", args=[asked.pk])
    assert statuses(client, "get", url) == {
        "owner": 200, **dict.fromkeys(EVERYBODY[1:], 404),
    }  # fmt: skip
    client.force_login(cast.person("owner"))
    client.post(url, {"role": "editor"})

    assert company.memberships.get(user=cast.person("asker")).role == "editor"


def test_request_is_declined_or_taken_back(client, company):
    first = ask_to_join(by=cast.person("asker"), credit_code=company.credit_code)
    second = ask_to_join(by=cast.person("another"), credit_code=company.credit_code)

    client.force_login(cast.person("owner"))
    client.post(reverse("join-answer", args=[first.pk]), {"decline": "1"})
    assert client.post(reverse("join-withdraw", args=[second.pk])).status_code == 404
    client.force_login(cast.person("another"))
    client.post(reverse("join-withdraw", args=[second.pk]))

    states = JoinRequest.objects.order_by("pk").values_list("state", flat=True)
    assert (list(states), company.memberships.count()) == (["declined", "withdrawn"], 4)


def test_role_and_ownership_change_by_the_page(client, company):
    client.force_login(cast.person("owner"))
    editor = company.memberships.get(role="editor")
    url = reverse("member-change", args=[editor.pk])

    client.post(url, {"role": "signatory"})
    editor.refresh_from_db()
    assert editor.role == "signatory"
    client.post(url, {"hand_over": "1"})

    roles = dict(company.memberships.values_list("user__name", "role"))
    assert (roles["editor"], roles["owner"]) == ("owner", "editor")


def test_last_owner_cannot_step_down_by_the_page(client, company):
    client.force_login(cast.person("owner"))
    own = company.memberships.get(role="owner")

    response = client.post(reverse("member-change", args=[own.pk]), {"role": "viewer"})

    assert response.context["form"].non_field_errors() == [
        "There must be an owner. Make somebody else an owner first."
    ]
    own.refresh_from_db()
    assert own.role == "owner"


def test_licence_is_uploaded_by_owners_and_read_by_members_and_the_desk(client, company):
    client.force_login(cast.person("owner"))
    url = reverse("licence-upload", args=[company.pk])
    wrong = client.post(url, {})
    assert wrong.context["form"].errors == {"file": ["Choose a file first."]}

    client.post(url, {"file": cast.pdf("执照.pdf")})

    licence = Licence.objects.get()
    download = reverse("licence-download", args=[licence.pk])
    assert statuses(client, "get", download) == {
        "owner": 200,
        "editor": 200,
        "viewer": 200,
        "signatory": 200,
        "stranger": 404,
        "officer": 200,
        "reviewer": 404,
    }
    client.force_login(cast.person("owner"))
    response = client.get(download)
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    client.logout()
    assert client.get(download).status_code == 302


def test_change_of_a_verified_company_warns_and_is_in_the_history(client, company):
    licence = upload_licence(company, cast.pdf(), by=cast.person("owner"))
    Licence.objects.filter(pk=licence.pk).update(state="verified")
    client.force_login(cast.person("owner"))
    url = reverse("organisation-change", args=[company.pk])
    page = client.get(url)
    assert page.context["is_verified"] is True
    assert "identity_number" not in page.context["form"].fields

    client.post(
        url, {"name": "New Ltd", "credit_code": company.credit_code, "region": "31", "website": ""}
    )
    history = client.get(reverse("organisation-history", args=[company.pk])).context["events"]

    assert next(event.text for event in history if event.text) == (
        "name: owner Ltd → New Ltd · province: Zhejiang → Shanghai"
    )
    card = client.get(reverse("organisation-detail")).context["cards"][0]
    assert (card["licence"].is_valid, card["licence"].is_of_today) == (False, False)


def test_history_names_who_asked_and_not_who_of_the_fund_decided(client, company):
    ask_to_join(by=cast.person("asker"), credit_code=company.credit_code)
    licence = upload_licence(company, cast.pdf(), by=cast.person("owner"))
    refuse_licence(licence, by=cast.person("officer"), reason="blurred")
    url = reverse("organisation-history", args=[company.pk])
    client.force_login(cast.person("viewer"))

    events = client.get(url).context["events"]

    assert [(row.label, row.actor, row.text) for row in events[:3]] == [
        ("Business licence not accepted", "The fund", "blurred"),
        ("Business licence added", "owner", ""),
        ("Somebody asked to join", "asker", "asker@test.example"),
    ]
