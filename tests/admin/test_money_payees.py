"""Payees at the desk: verified by a person who did not name them."""

import pytest
from django.urls import reverse

from grants.accounts.models import MemberRole, Membership
from grants.accounts.services import grant_role
from grants.events.models import Event
from grants.payouts.models import Payee
from tests import cast

pytestmark = pytest.mark.django_db

LIST = "/admin/payees/"
NUMBER = "6222021234567890128"


def page_of(payee) -> str:
    return reverse("admin:payee-detail", args=[payee.pk])


def verb(payee, name: str) -> str:
    return reverse("admin:payee-verb", args=[payee.pk, name])


@pytest.fixture
def payee():
    return cast.named_payee("ann")


@pytest.fixture
def controller(client):
    client.force_login(cast.person("controller"))
    return client


def many(payee: Payee, count: int) -> None:
    """More payees that wait, of organisations of their own; without an account that opens."""
    for number in range(count):
        Payee.objects.create(
            organisation=cast.individual(f"other{number}"),
            kind="bank",
            holder_name=f"Other{number}",
            account_sealed=payee.account_sealed,
            account_index=payee.account_index,
            account_tail=payee.account_tail,
            named_by=payee.named_by,
        )


def test_list_begins_with_who_waits_longest(controller, payee):
    later = cast.named_payee("bob")
    cast.verified_payee("eve")

    context = controller.get(LIST).context

    assert context["rows"] == [payee, later]
    assert len(controller.get(LIST, {"state": "all"}).context["rows"]) == 3


def test_list_goes_on_by_key(controller, payee):
    many(payee, 30)

    first = controller.get(LIST).context
    second = controller.get(first["following"]).context

    assert (len(first["rows"]), len(second["rows"]), second["following"]) == (30, 1, None)
    assert {row.pk for row in first["rows"]} | {row.pk for row in second["rows"]} == set(
        Payee.objects.values_list("pk", flat=True)
    )


def test_list_takes_nonsense_for_the_beginning(controller, payee):
    rows = controller.get(LIST, {"after": "x", "state": "no"}).context["rows"]

    assert rows == [payee]


@pytest.mark.parametrize("count", [0, 29])
def test_list_costs_the_same_however_many(controller, payee, count, django_assert_num_queries):
    many(payee, count)

    with django_assert_num_queries(4):  # session, person, roles, rows
        controller.get(LIST)


def test_page_shows_the_masked_account(controller, payee):
    content = controller.get(page_of(payee)).content.decode()

    assert NUMBER not in content
    assert "•••• 0128" in content


@pytest.mark.parametrize("count", [1, 29])
def test_page_costs_the_same_however_many_share_the_account(
    controller, payee, count, django_assert_num_queries
):
    many(payee, count)

    # Session, person, roles, payee, own memberships, same account, earlier, timeline.
    with django_assert_num_queries(9):
        controller.get(page_of(payee))


@pytest.mark.parametrize("who", ["officer", "approver", "reviewer", "administrator", "ann"])
def test_others_are_kept_out(client, payee, who):
    client.force_login(cast.person(who))

    assert client.get(LIST).status_code == 403
    assert client.get(page_of(payee)).status_code == 403
    assert client.post(verb(payee, "verify"), {"proof": "x"}).status_code == 403
    assert client.post(reverse("admin:payee-show", args=[payee.pk])).status_code == 403


def test_who_is_not_signed_in_goes_to_the_door(client, payee):
    assert client.get(page_of(payee))["Location"] == f"/admin/login/?next={page_of(payee)}"


def test_unknown_payee_is_not_found(controller, payee):
    missing = "00000000-0000-4000-8000-000000000000"

    assert controller.get(f"/admin/payees/{missing}/").status_code == 404
    assert controller.post(f"/admin/payees/{missing}/verify/").status_code == 404
    assert controller.post(f"/admin/payees/{missing}/show/").status_code == 404


def test_controller_verifies_with_the_proof(controller, payee):
    response = controller.post(verb(payee, "verify"), {"proof": "bank letter"})

    payee.refresh_from_db()
    assert response["Location"] == page_of(payee)
    assert (payee.state, payee.proof, payee.verified_by) == (
        "verified",
        "bank letter",
        cast.person("controller"),
    )


def test_verifying_without_proof_is_refused_beside_the_field(controller, payee):
    response = controller.post(verb(payee, "verify"), {"proof": ""})

    payee.refresh_from_db()
    assert list(response.context["refused"].errors) == ["proof"]
    assert payee.state == "pending"


@pytest.mark.parametrize("who", ["finance", "auditor"])
def test_only_the_controller_verifies(client, payee, who):
    client.force_login(cast.person(who))

    page = client.get(page_of(payee))
    response = client.post(verb(payee, "verify"), {"proof": "x"})

    payee.refresh_from_db()
    assert page.context["offers"] == []
    assert response.status_code == 403
    assert payee.state == "pending"


def test_own_payee_is_refused_in_words(client, payee):
    grant_role(cast.person("ann"), "controller", by=None)
    client.force_login(cast.person("ann"))

    page = client.get(page_of(payee))
    response = client.post(verb(payee, "verify"), {"proof": "mine"})

    payee.refresh_from_db()
    assert page.context["is_own"] is True
    assert page.context["offers"] == []
    assert response.context["refused"].non_field_errors() == [
        "You named this account. Another person must verify it."
    ]
    assert payee.state == "pending"


def test_payee_of_the_own_organisation_is_not_offered(client, payee):
    controller = cast.person("controller")
    Membership.objects.create(
        organisation=payee.organisation, user=controller, role=MemberRole.VIEWER
    )
    client.force_login(controller)

    page = client.get(page_of(payee))
    response = client.post(verb(payee, "verify"), {"proof": "x"})

    payee.refresh_from_db()
    assert (page.context["is_own"], page.context["offers"]) == (True, [])
    assert response.status_code == 403
    assert payee.state == "pending"


def test_controller_suspends_with_a_reason(controller):
    payee = cast.verified_payee("ann")

    controller.post(verb(payee, "suspend"), {"reason": "reported stolen"})

    payee.refresh_from_db()
    assert payee.state == "suspended"


@pytest.mark.parametrize("who", ["controller", "finance"])
def test_number_is_shown_once_and_that_is_recorded(client, payee, who):
    person = cast.person(who)
    client.force_login(person)

    response = client.post(reverse("admin:payee-show", args=[payee.pk]))

    assert NUMBER in response.content.decode()
    assert response["Cache-Control"].split(", ")[-1] == "private"
    assert "no-store" in response["Cache-Control"]
    (event,) = Event.objects.filter(kind="payee.show")
    assert (event.actor, event.thing_id, event.data) == (
        person,
        str(payee.pk),
        {"account": "•••• 0128"},
    )
    assert event.label == "Account number of the payee shown"
    assert NUMBER not in client.get(page_of(payee)).content.decode()


def test_number_is_not_for_the_auditor_nor_by_get(client, payee):
    show = reverse("admin:payee-show", args=[payee.pk])
    client.force_login(cast.person("auditor"))
    assert client.post(show).status_code == 403

    client.force_login(cast.person("controller"))
    assert client.get(show).status_code == 405
    assert not Event.objects.filter(kind="payee.show").exists()


def test_same_account_of_another_organisation_is_pointed_out(controller, payee):
    other = cast.named_payee("bob")

    assert list(controller.get(page_of(payee)).context["same_account"]) == [other]


def test_card_of_the_controller_names_who_waits(controller, payee):
    (card,) = [
        card
        for card in controller.get("/admin/").context["waiting"]
        if card.title == "Payees to verify"
    ]

    assert (card.count, [row.label for row in card.rows]) == (1, ["Ann"])


def test_new_account_takes_over_what_is_due_and_in_no_batch(controller):
    payout = cast.due_payout("ann")
    newer = cast.named_payee("ann")

    controller.post(verb(newer, "verify"), {"proof": "letter"})

    payout.refresh_from_db()
    assert payout.payee == newer
    assert Event.objects.of_thing(payout).last().kind == "payout.redirect"
