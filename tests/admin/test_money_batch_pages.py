"""The pages of batches at the desk: what is due, the list, one batch; and who may read them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from grants.payouts.models import PayoutBatch
from grants.payouts.services import payees
from tests import cast
from tests.many import copies, due_payouts

pytestmark = pytest.mark.django_db

LIST = "/admin/batches/"
DUE = "/admin/due/"


def page_of(batch) -> str:
    return reverse("admin:batch-detail", args=[batch.reference])


def verb(batch, name: str) -> str:
    return reverse("admin:batch-verb", args=[batch.reference, name])


@pytest.fixture
def payout():
    return cast.due_payout("ann")


@pytest.fixture
def batch(payout):
    return cast.batch_of(payout)


@pytest.fixture
def finance(client):
    client.force_login(cast.person("finance"))
    return client


@pytest.fixture
def controller(client):
    client.force_login(cast.person("controller"))
    return client


def test_due_page_makes_a_batch_of_the_ticked_rows(finance):
    ann, bob, eve = due_payouts("ann", "bob", "eve")

    response = finance.post(DUE, {"payout": [ann.reference, eve.reference]})

    batch = PayoutBatch.objects.get()
    assert response["Location"] == page_of(batch)
    assert list(batch.payouts.order_by("pk")) == [ann, eve]
    assert (batch.count, batch.total, batch.prepared_by) == (
        2,
        Decimal("60000.00"),
        cast.person("finance"),
    )
    assert list(finance.get(DUE).context["page"]) == [bob]


def test_due_page_makes_a_batch_of_all_that_the_filter_finds(finance):
    ann, bob = due_payouts("ann", "bob")

    finance.post(DUE, {"everything": "1", "search": "Ann"})

    assert list(PayoutBatch.objects.get().payouts.all()) == [ann]
    bob.refresh_from_db()
    assert bob.batch is None


def test_due_page_ticks_all_by_a_link(finance, payout):
    page = finance.get(DUE)
    ticked = finance.get(page.context["tick_url"])

    assert (page.context["all_ticked"], ticked.context["all_ticked"]) == (False, True)
    assert ticked.context["tick_url"] == DUE + "?"


def test_nothing_ticked_is_refused_in_words(finance, payout):
    response = finance.post(
        DUE, {}, headers={"referer": "http://testserver/admin/due/"}, follow=True
    )

    assert [str(message) for message in response.context["messages"]] == [
        "Choose at least one payout."
    ]
    assert not PayoutBatch.objects.exists()


def test_payout_that_is_in_a_batch_already_is_refused(finance, batch, payout):
    response = finance.post(DUE, {"payout": payout.reference}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Some of these payouts are no longer due. Reload the page."
    ]
    assert list(PayoutBatch.objects.all()) == [batch]


def test_payout_to_a_suspended_account_is_refused(finance, payout):
    payees.suspend_payee(payout.payee, by=cast.person("controller"), reason="stolen")

    response = finance.post(DUE, {"payout": payout.reference}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        f"The account is no longer verified: {payout.reference}. Leave these payouts out."
    ]
    assert not PayoutBatch.objects.exists()


@pytest.mark.parametrize("who", ["controller", "auditor"])
def test_due_page_is_read_by_others_of_money_but_not_used(client, payout, who):
    client.force_login(cast.person(who))

    page = client.get(DUE)
    response = client.post(DUE, {"payout": payout.reference})

    assert page.context["may_prepare"] is False
    assert response.status_code == 403
    assert not PayoutBatch.objects.exists()


@pytest.mark.parametrize("count", [0, 30])
def test_due_page_costs_the_same_however_many(finance, payout, count, django_assert_num_queries):
    copies(payout, count)

    # Session, person, roles, rounds, currencies, totals, rows.
    with django_assert_num_queries(7):
        finance.get(DUE)


@pytest.mark.parametrize("who", ["officer", "approver", "reviewer", "administrator", "ann"])
def test_others_are_kept_out(client, batch, who):
    client.force_login(cast.person(who))

    for url in (LIST, DUE, page_of(batch), page_of(batch) + "progress/"):
        assert client.get(url).status_code == 403
    assert client.post(DUE, {}).status_code == 403
    assert client.post(verb(batch, "submit")).status_code == 403


def test_who_is_not_signed_in_goes_to_the_door(client, batch):
    assert client.get(page_of(batch))["Location"] == f"/admin/login/?next={page_of(batch)}"


def test_unknown_batch_is_not_found(finance):
    for url in ("", "progress/"):
        assert finance.get(f"/admin/batches/BAT-2026-999999/{url}").status_code == 404
    assert finance.post("/admin/batches/BAT-2026-999999/submit/").status_code == 404


def test_list_is_by_state(finance, batch):
    assert list(finance.get(LIST).context["page"]) == [batch]
    assert list(finance.get(LIST, {"state": "open"}).context["page"]) == [batch]
    assert list(finance.get(LIST, {"state": "released"}).context["page"]) == []


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_however_many(finance, count, django_assert_num_queries):
    PayoutBatch.objects.bulk_create(
        PayoutBatch(
            reference=f"BAT-2020-{number:06d}", rail="sandbox", prepared_by=cast.person("finance")
        )
        for number in range(count)
    )

    with django_assert_num_queries(4):  # session, person, roles, batches
        finance.get(LIST)


@pytest.mark.parametrize("count", [0, 30])
def test_page_costs_the_same_however_many(finance, payout, count, django_assert_num_queries):
    batch = cast.batch_of(payout, *copies(payout, count))

    # Session, person, roles, batch, rows, timeline, currencies, totals.
    with django_assert_num_queries(8):
        finance.get(page_of(batch))
