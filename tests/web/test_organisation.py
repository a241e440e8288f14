"""The person's organisations, their members and accounts."""

import pytest
from django.urls import reverse

from grants.accounts.models import MemberRole, Membership, Organisation
from grants.accounts.services import add_member, create_organisation
from grants.accounts.services.invitations import invite
from grants.payouts.models import Payee
from tests import cast

pytestmark = pytest.mark.django_db

COMPANY = {"kind": "company", "name": "Spark Ltd", "credit_code": "91330106673959654P"}
BANK = {
    "kind": "bank",
    "holder_name": "Applicant",
    "account": "6222 0212 3456 7890 128",
    "bank_name": "ICBC",
    "cnaps_code": "102100099996",
}


@pytest.fixture
def organisation(client):
    organisation = cast.individual("applicant")
    client.force_login(cast.person("applicant"))
    return organisation


def test_page_without_an_organisation_says_what_to_do(client):
    client.force_login(cast.person("applicant"))

    response = client.get(reverse("organisation-detail"))

    assert response.context["cards"] == []
    assert response.content.decode().count(reverse("organisation-create")) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_however_many_members(client, django_assert_num_queries, count):
    organisation = cast.individual("applicant")
    for number in range(count):
        user = cast.person(f"colleague{number}")
        add_member(organisation, by=cast.person("applicant"), email=user.email, role="editor")
        invite(
            organisation, by=cast.person("applicant"), email=f"n{number}@x.example", role="editor"
        )
    client.force_login(cast.person("applicant"))

    with django_assert_num_queries(12):
        client.get(reverse("organisation-detail"))


def test_page_shows_own_organisations_alone_also_to_the_desk(client):
    cast.individual("applicant")
    client.force_login(cast.person("officer"))

    assert client.get(reverse("organisation-detail")).context["cards"] == []


def test_company_is_registered_and_the_way_back_is_kept(client):
    client.force_login(cast.person("applicant"))

    response = client.post(reverse("organisation-create") + "?next=/apply/round-1/", COMPANY)

    organisation = Organisation.objects.get()
    assert response.url == "/apply/round-1/"
    assert (organisation.name, organisation.credit_code) == ("Spark Ltd", "91330106673959654P")
    assert organisation.memberships.get().role == MemberRole.OWNER


def test_way_back_to_another_site_is_not_taken(client):
    client.force_login(cast.person("applicant"))

    response = client.post(reverse("organisation-create") + "?next=//evil.example/", COMPANY)

    assert response.url == reverse("organisation-detail")


@pytest.mark.parametrize("code", ["91330106673959654X", "123", "", "9133010667395965OP"])
def test_wrong_credit_code_is_said_beside_the_field(client, code):
    client.force_login(cast.person("applicant"))

    response = client.post(reverse("organisation-create"), COMPANY | {"credit_code": code})

    assert response.context["form"].errors == {
        "credit_code": ["This is not a valid unified social credit code: check its 18 characters."]
    }
    assert response.context["form"]["name"].value() == "Spark Ltd"
    assert Organisation.objects.count() == 0


def test_company_that_is_registered_already_is_refused(client):
    cast.company("other")
    client.force_login(cast.person("applicant"))

    response = client.post(reverse("organisation-create"), COMPANY)

    assert response.context["form"].errors == {
        "credit_code": [
            "This company is registered already. You can ask its owners to let you join."
        ]
    }
    assert Organisation.objects.count() == 1
    assert reverse("join-ask") + "?code=91330106673959654P" in response.content.decode()
    assert "other" not in response.content.decode()


def test_members_are_the_owner_s_to_change_and_to_remove(client, organisation):
    editor, colleague = cast.person("editor"), cast.person("colleague")
    owner = cast.person("applicant")
    add_member(organisation, by=owner, email=editor.email, role="editor")
    membership = add_member(organisation, by=owner, email=colleague.email, role="viewer")
    seen = {}
    for handle in ("editor", "officer", "stranger"):
        client.force_login(cast.person(handle))
        seen[handle] = (
            client.post(reverse("member-invite", args=[organisation.pk])).status_code,
            client.post(reverse("member-change", args=[membership.pk])).status_code,
            client.post(reverse("member-remove", args=[membership.pk])).status_code,
            client.get(reverse("organisation-change", args=[organisation.pk])).status_code,
            client.get(reverse("licence-upload", args=[organisation.pk])).status_code,
            client.get(reverse("organisation-history", args=[organisation.pk])).status_code,
        )

    assert seen == {
        "editor": (403, 403, 403, 403, 403, 200),
        "officer": (403, 403, 403, 403, 403, 404),
        "stranger": (404, 404, 404, 404, 404, 404),
    }
    assert organisation.memberships.count() == 3


def test_removing_a_member_asks_first(client, organisation):
    colleague = cast.person("colleague")
    membership = add_member(
        organisation, by=cast.person("applicant"), email=colleague.email, role="editor"
    )
    url = reverse("member-remove", args=[membership.pk])

    client.get(url)
    assert Membership.objects.filter(pk=membership.pk).exists()

    client.post(url)
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_last_owner_cannot_leave(client, organisation):
    url = reverse("member-remove", args=[organisation.memberships.get().pk])

    response = client.post(url, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "The last owner cannot leave. Make somebody else an owner first."
    ]
    assert organisation.memberships.count() == 1


def test_bank_account_is_named_and_waits(client, organisation):
    response = client.post(reverse("payee-create", args=[organisation.pk]), BANK, follow=True)

    payee = organisation.payees.get()
    assert (payee.state, payee.account_tail) == ("pending", "•••• 0128")
    [card] = response.context["cards"]
    assert (card["payees"], card["is_waiting"]) == ([payee], True)
    assert "6222021234567890128" not in response.content.decode()


def test_alipay_account_needs_no_bank(client, organisation):
    client.post(
        reverse("payee-create", args=[organisation.pk]),
        {"kind": "alipay", "holder_name": "Applicant", "account": "a@test.example"},
    )

    assert organisation.payees.get().kind == "alipay"


def test_wrong_account_is_said_beside_each_field(client, organisation):
    wrong = {"kind": "bank", "holder_name": "Somebody", "account": "12", "cnaps_code": "1"}

    response = client.post(reverse("payee-create", args=[organisation.pk]), wrong)

    assert response.context["form"].errors == {
        "account": ["Enter the account number: 8 to 34 digits."],
        "cnaps_code": ["This is not a valid CNAPS code: check its 12 digits."],
        "bank_name": ["Enter the name of the bank and branch."],
        "holder_name": ["The account holder must be “Applicant”."],
    }
    assert Payee.objects.count() == 0


def test_account_is_named_by_owners_and_signatories_alone(client, organisation):
    owner = cast.person("applicant")
    for role in ("editor", "viewer"):
        add_member(organisation, by=owner, email=cast.person(role).email, role=role)
    url = reverse("payee-create", args=[organisation.pk])
    seen = {}
    for handle in ("editor", "viewer", "finance", "stranger"):
        client.force_login(cast.person(handle))
        seen[handle] = client.post(url, BANK).status_code

    assert seen == {"editor": 403, "viewer": 403, "finance": 403, "stranger": 404}
    assert Payee.objects.count() == 0


def test_replaced_accounts_are_not_shown(client, organisation):
    url = reverse("payee-create", args=[organisation.pk])
    client.post(url, BANK)
    client.post(url, {"kind": "alipay", "holder_name": "Applicant", "account": "a@test.example"})

    [card] = client.get(reverse("organisation-detail")).context["cards"]

    assert [row.kind for row in card["payees"]] == ["alipay"]


def test_two_organisations_are_shown_by_name(client, organisation):
    other = create_organisation(by=cast.person("applicant"), **COMPANY)

    cards = client.get(reverse("organisation-detail")).context["cards"]

    assert [card["organisation"] for card in cards] == [organisation, other]
