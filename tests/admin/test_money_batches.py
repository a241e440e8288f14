"""Batches at the desk: finance prepares, another person approves exactly what was shown."""

from decimal import Decimal

import pytest
from django.urls import reverse

from grants.accounts.services import grant_role
from grants.payouts.models import PaymentAttempt, PayoutBatch
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services import approving, batches, payees
from tests import cast
from tests.ledger.books import tamper
from tests.many import copies, due_payouts, settled

pytestmark = pytest.mark.django_db


def page_of(batch) -> str:
    return reverse("admin:batch-detail", args=[batch.reference])


def verb(batch, name: str) -> str:
    return reverse("admin:batch-verb", args=[batch.reference, name])


def verbs_on(response) -> list[str]:
    return [offer.verb.name for offer in response.context["offers"]]


def refusal(response) -> list[str]:
    return response.context["refused"].non_field_errors()


@pytest.fixture
def payout():
    return cast.due_payout("ann")


@pytest.fixture
def batch(payout):
    return cast.batch_of(payout)


@pytest.fixture
def submitted(batch):
    batches.submit_batch(batch, by=cast.person("finance"))
    batch.refresh_from_db()
    return batch


@pytest.fixture
def finance(client):
    client.force_login(cast.person("finance"))
    return client


@pytest.fixture
def controller(client):
    client.force_login(cast.person("controller"))
    return client


def test_finance_submits_and_the_digest_is_fixed(finance, batch):
    assert verbs_on(finance.get(page_of(batch))) == ["submit", "take_out", "cancel"]

    response = finance.post(verb(batch, "submit"))

    batch.refresh_from_db()
    assert response["Location"] == page_of(batch)
    assert (batch.state, len(batch.digest)) == ("submitted", 64)
    assert verbs_on(finance.get(page_of(batch))) == []


def test_finance_takes_one_out_with_a_reason(finance):
    ann, bob = due_payouts("ann", "bob")
    batch = cast.batch_of(ann, bob)

    finance.post(verb(batch, "take_out"), {"reference": ann.reference, "reason": "check first"})

    batch.refresh_from_db()
    assert list(batch.payouts.all()) == [bob]
    assert (batch.count, batch.total) == (1, Decimal("30000.00"))


def test_taking_out_fills_in_the_row_that_was_clicked(finance, batch, payout):
    response = finance.get(page_of(batch), {"out": payout.reference})

    forms = {offer.verb.name: offer.form for offer in response.context["offers"]}
    assert forms["take_out"]["reference"].value() == payout.reference


def test_taking_out_without_a_reason_or_of_another_batch_changes_nothing(finance):
    ann, bob = due_payouts("ann", "bob")
    batch = cast.batch_of(ann)

    unsaid = finance.post(verb(batch, "take_out"), {"reference": ann.reference, "reason": ""})
    other = finance.post(verb(batch, "take_out"), {"reference": bob.reference, "reason": "x"})

    assert list(unsaid.context["refused"].errors) == ["reason"]
    assert other.context["refused"].errors == {
        "reference": ["No payout of this batch is so named."]
    }
    assert list(batch.payouts.all()) == [ann]


def test_finance_dissolves_an_open_batch(finance, batch, payout):
    finance.post(verb(batch, "cancel"))

    batch.refresh_from_db()
    payout.refresh_from_db()
    assert (batch.state, payout.state, payout.batch) == ("cancelled", "due", None)


def test_controller_approves_what_was_shown_and_releases(controller, submitted, payout):
    page = controller.get(page_of(submitted))
    assert verbs_on(page) == ["approve", "reject", "recall"]
    shown = page.context["offers"][0].form["digest"].value()

    controller.post(verb(submitted, "approve"), {"digest": shown})

    submitted.refresh_from_db()
    assert shown == submitted.digest
    assert (submitted.state, submitted.approved_by) == ("approved", cast.person("controller"))
    assert verbs_on(controller.get(page_of(submitted))) == ["release", "reject", "recall"]

    controller.post(verb(submitted, "release"))

    submitted.refresh_from_db()
    payout.refresh_from_db()
    assert (submitted.state, payout.state) == ("released", "sending")
    assert PaymentAttempt.objects.get().number == f"{payout.reference}-1"


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_approval_of_another_digest_is_refused(controller, submitted, digest):
    response = controller.post(verb(submitted, "approve"), {"digest": digest})

    submitted.refresh_from_db()
    assert bool(response.context["refused"].errors) is True
    assert (submitted.state, submitted.approved_by) == ("submitted", None)


def test_approval_is_refused_where_a_row_changed(controller, submitted, payout):
    tamper("UPDATE grants_payout SET gross = 1, net = 1 WHERE id = %s", payout.pk)

    page = controller.get(page_of(submitted))
    response = controller.post(verb(submitted, "approve"), {"digest": submitted.digest})

    submitted.refresh_from_db()
    assert page.context["is_stale"] is True
    assert refusal(response) == [
        "A payout of this batch changed after it was submitted. Reject it and submit again."
    ]
    assert submitted.state == "submitted"


def test_own_batch_is_refused_in_words(client, submitted):
    grant_role(cast.person("finance"), "controller", by=None)
    client.force_login(cast.person("finance"))

    page = client.get(page_of(submitted))
    response = client.post(verb(submitted, "approve"), {"digest": submitted.digest})

    submitted.refresh_from_db()
    assert (page.context["is_own"], verbs_on(page)) == (True, [])
    assert refusal(response) == ["You prepared this batch. Another person must approve it."]
    assert submitted.state == "submitted"


@pytest.mark.parametrize("name", ["approve", "reject", "release"])
@pytest.mark.parametrize("who", ["finance", "auditor"])
def test_only_the_controller_decides(client, submitted, who, name):
    client.force_login(cast.person(who))

    response = client.post(verb(submitted, name), {"digest": submitted.digest, "reason": "x"})

    submitted.refresh_from_db()
    assert response.status_code == 403
    assert submitted.state == "submitted"


@pytest.mark.parametrize("name", ["submit", "take_out", "cancel"])
def test_controller_does_not_prepare(controller, batch, payout, name):
    response = controller.post(
        verb(batch, name), {"reference": payout.reference, "reason": "wrong amount"}
    )

    batch.refresh_from_db()
    assert response.status_code == 403
    assert (batch.state, batch.count) == ("open", 1)


def test_controller_rejects_with_a_reason(controller, submitted):
    controller.post(verb(submitted, "reject"), {"reason": ""})
    submitted.refresh_from_db()
    assert submitted.state == "submitted"

    controller.post(verb(submitted, "reject"), {"reason": "one is missing"})

    submitted.refresh_from_db()
    assert (submitted.state, submitted.digest) == ("open", "")


def test_release_is_refused_after_an_account_was_suspended(controller, submitted, payout):
    approving.approve_batch(submitted, by=cast.person("controller"))
    payees.suspend_payee(payout.payee, by=cast.person("controller"), reason="stolen")

    response = controller.post(verb(submitted, "release"))

    submitted.refresh_from_db()
    assert refusal(response) == [
        f"The account is no longer verified: {payout.reference}. Leave these payouts out."
    ]
    assert submitted.state == "approved"
    assert not PaymentAttempt.objects.exists()


def test_progress_is_asked_for_while_the_batch_is_under_way(finance):
    ann, bob = due_payouts("ann", "bob")
    batch = cast.released_batch(ann, bob)
    settled(ann)
    address = page_of(batch) + "progress/"

    part = finance.get(address)

    assert (part.context["settled"], part.context["whole"][0].count) == (1, 2)
    assert f'hx-get="{address}" hx-trigger="every 2s"' in part.content.decode()
    settled(bob, Outcome.REFUSED, code="NO")
    done = finance.get(address)
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    page = finance.get(page_of(batch))
    assert page.context["settled"] == 2
    assert "hx-trigger" not in page.content.decode()


def test_progress_costs_the_same_however_many(finance, payout, django_assert_num_queries):
    batch = cast.released_batch(payout)
    payout.refresh_from_db()
    address = page_of(batch) + "progress/"
    # Session, person, roles, batch, currencies, totals.
    with django_assert_num_queries(6):
        finance.get(address)
    copies(payout, 30)
    with django_assert_num_queries(6):
        finance.get(address)


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        ("finance", ["Payouts to be paid", "Batches not submitted yet"]),
        ("controller", ["Batches to approve", "Approved batches to release"]),
        ("auditor", []),
    ],
)
def test_cards_name_what_waits_for_whom(client, who, titles):
    ann, bob, eve, _mia = due_payouts("ann", "bob", "eve", "mia")
    for payout, steps in ((ann, 0), (bob, 1), (eve, 2)):
        made = cast.batch_of(payout)
        if steps:
            batches.submit_batch(made, by=cast.person("finance"))
        if steps > 1:
            approving.approve_batch(made, by=cast.person("controller"))
    client.force_login(cast.person(who))

    cards = client.get("/admin/").context["waiting"]

    of_money = [card for card in cards if "atch" in card.title or "Payout" in card.title]
    assert [(card.title, card.count) for card in of_money] == [(title, 1) for title in titles]


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "9" * 5000, "²"])
def test_ticks_that_name_no_payout_are_told(at_desk, odd):
    cast.due_payout()

    response = at_desk("finance").post("/admin/due/", {"payout": odd})

    assert response.status_code in (200, 302)
    assert PayoutBatch.objects.exists() is False
