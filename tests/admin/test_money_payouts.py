"""Payouts at the desk: the list with its totals, one payout, and what may be done with it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from grants.events.models import Event
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services import due
from grants.reports.register import Total
from tests import cast
from tests.many import copies, due_payouts, settled

pytestmark = pytest.mark.django_db

LIST = "/admin/payouts/"


def page_of(payout) -> str:
    return reverse("admin:payout-detail", args=[payout.reference])


def verb(payout, name: str) -> str:
    return reverse("admin:payout-verb", args=[payout.reference, name])


def verbs_on(response) -> list[str]:
    return [offer.verb.name for offer in response.context["offers"]]


@pytest.fixture
def payout():
    return cast.due_payout("ann")


@pytest.fixture
def finance(client):
    client.force_login(cast.person("finance"))
    return client


def test_list_shows_rows_and_totals_of_the_filter(finance):
    ann, bob = due_payouts("ann", "bob")
    due.hold(bob, by=cast.person("finance"), reason="wait")

    response = finance.get(LIST, {"state": "held"})

    assert list(response.context["page"]) == [bob]
    amount = Decimal("30000.00")
    assert response.context["whole"] == [Total("CNY", "", 1, amount, Decimal("0.00"), amount)]
    assert list(finance.get(LIST).context["page"]) == [bob, ann]


def test_list_goes_on_by_key(finance, payout):
    copies(payout, 30)

    first = finance.get(LIST).context["page"]
    second = finance.get(first.following).context["page"]

    assert (len(first), list(second)) == (30, [payout])
    assert second.following is None


def test_list_with_wrong_days_is_empty_and_says_why(finance, payout):
    response = finance.get(LIST, {"since": "2026-03-02", "until": "2026-03-01"})

    assert list(response.context["page"]) == []
    assert response.context["form"].errors == {"until": ["The last day is before the first day."]}


def test_list_with_nonsense_is_empty_and_says_why(finance, payout):
    response = finance.get(LIST, {"since": "yesterday", "round": "no", "state": "no"})

    assert list(response.context["page"]) == []
    assert list(response.context["form"].errors) == ["state", "round", "since"]


@pytest.mark.parametrize("count", [0, 30])
def test_list_costs_the_same_however_many(finance, payout, count, django_assert_num_queries):
    copies(payout, count)

    # Session, person, roles, rounds, currencies, totals, rows.
    with django_assert_num_queries(7):
        finance.get(LIST, {"state": "due"})


@pytest.mark.parametrize("who", ["officer", "approver", "controller", "auditor"])
def test_desk_readers_see_payouts(client, payout, who):
    client.force_login(cast.person(who))

    assert client.get(LIST).status_code == 200
    assert client.get(page_of(payout)).status_code == 200


@pytest.mark.parametrize("who", ["reviewer", "administrator", "ann"])
def test_others_are_kept_out(client, payout, who):
    client.force_login(cast.person(who))

    assert client.get(LIST).status_code == 403
    assert client.get(page_of(payout)).status_code == 403
    assert client.post(verb(payout, "hold"), {"reason": "x"}).status_code == 403


def test_who_is_not_signed_in_goes_to_the_door(client, payout):
    response = client.get(page_of(payout))

    assert response.status_code == 302
    assert response["Location"] == f"/admin/login/?next={page_of(payout)}"


def test_unknown_reference_is_not_found(finance):
    assert finance.get("/admin/payouts/PAY-2026-999999/").status_code == 404
    assert finance.post("/admin/payouts/PAY-2026-999999/hold/").status_code == 404


def test_unknown_verb_is_not_found(finance, payout):
    assert finance.post(verb(payout, "settle")).status_code == 404
    assert finance.get(verb(payout, "hold")).status_code == 405


def test_page_shows_attempts_what_was_said_and_the_books(finance, payout):
    cast.released_batch(payout)
    settled(payout)

    context = finance.get(page_of(payout)).context

    (attempt,) = context["attempts"]
    assert (attempt.number, attempt.state) == (f"{payout.reference}-1", "succeeded")
    assert [(call["call"], call["outcome"]) for call in attempt.calls] == [("send", "paid")]
    assert [entry.reference for entry in context["entries"]] == [
        f"payout:{payout.reference}:due",
        f"payout:{payout.reference}:send:1",
        f"payout:{payout.reference}:paid:{payout.reference}-1",
    ]
    assert [event["label"] for event in context["events"]] == [
        "Paid",
        "Payout being sent",
        "Payout approved",
        "Payout due",
    ]


def test_page_never_shows_the_account_number(finance, payout):
    content = finance.get(page_of(payout)).content.decode()

    assert "6222021234567890128" not in content
    assert "•••• 0128" in content


def test_officer_sees_the_payout_without_attempts_and_books(client, payout):
    client.force_login(cast.person("officer"))

    context = client.get(page_of(payout)).context

    assert "attempts" not in context
    assert "entries" not in context
    assert context["offers"] == []


def test_page_costs_the_same_however_much_happened(finance, payout, django_assert_num_queries):
    cast.released_batch(payout)
    # Session, person, roles, payout, way (2), timeline, attempts, entries, postings, accounts.
    with django_assert_num_queries(11):
        finance.get(page_of(payout))
    settled(payout)
    with django_assert_num_queries(11):
        finance.get(page_of(payout))


def test_hold_and_its_end(finance, payout):
    response = finance.post(verb(payout, "hold"), {"reason": "the grantee asked"})

    payout.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, page_of(payout))
    assert (payout.state, payout.reason) == ("held", "the grantee asked")
    assert verbs_on(finance.get(page_of(payout))) == ["release_hold", "cancel"]

    finance.post(verb(payout, "release_hold"))

    payout.refresh_from_db()
    assert payout.state == "due"


def test_hold_without_a_reason_is_refused_beside_the_field(finance, payout):
    response = finance.post(verb(payout, "hold"), {"reason": " "})

    payout.refresh_from_db()
    assert response.context["refused"].errors == {"reason": ["This field is required."]}
    assert payout.state == "due"


def test_hold_of_a_payout_in_a_batch_is_refused_in_words(finance, payout):
    cast.batch_of(payout)

    response = finance.post(verb(payout, "hold"), {"reason": "stop"})

    payout.refresh_from_db()
    assert response.context["refused"].non_field_errors() == [
        "This payout is in a batch. Take it out of the batch first."
    ]
    assert payout.state == "due"
    assert verbs_on(finance.get(page_of(payout))) == []


@pytest.mark.parametrize("who", ["officer", "approver", "auditor"])
def test_those_who_read_may_not_hold(client, payout, who):
    client.force_login(cast.person(who))

    response = client.post(verb(payout, "hold"), {"reason": "x"})

    payout.refresh_from_db()
    assert response.status_code == 403
    assert payout.state == "due"


def test_cancel_gives_the_payout_up(finance, payout):
    finance.post(verb(payout, "cancel"), {"reason": "withdrawn"})

    payout.refresh_from_db()
    assert payout.state == "cancelled"


def test_failed_payout_is_made_due_again(finance, payout):
    cast.released_batch(payout)
    settled(payout, Outcome.REFUSED, code="ACCOUNT_CLOSED", message="closed")
    assert verbs_on(finance.get(page_of(payout))) == ["requeue", "cancel"]

    finance.post(verb(payout, "requeue"), {"reason": "account opened again"})

    payout.refresh_from_db()
    assert (payout.state, payout.batch) == ("due", None)


def test_unknown_payout_can_be_asked_about_and_nothing_else(finance, payout):
    cast.released_batch(payout)
    settled(payout, Outcome.UNKNOWN, code="TIMEOUT", message="no answer")
    attempt = payout.attempts.get()
    assert verbs_on(finance.get(page_of(payout))) == ["ask_now"]

    finance.post(verb(payout, "ask_now"))

    assert payout.attempts.get().next_ask_at < attempt.next_ask_at
    response = finance.post(verb(payout, "requeue"), {"reason": "send it again"})
    payout.refresh_from_db()
    assert payout.state == "unknown"
    assert response.context["refused"].non_field_errors() == [
        "This is no longer possible: it is now “Outcome unknown”. Reload the page."
    ]


def test_cards_of_finance_name_unknown_and_failed_payouts(client):
    ann, bob = due_payouts("ann", "bob")
    cast.released_batch(ann, bob)
    settled(ann, Outcome.UNKNOWN, code="TIMEOUT")
    settled(bob, Outcome.REFUSED, code="NO")
    client.force_login(cast.person("finance"))

    cards = {card.title: card for card in client.get("/admin/").context["waiting"]}

    unknown, failed = cards["Payouts whose outcome is unknown"], cards["Payouts that failed"]
    assert [row.label for row in unknown.rows] == [ann.reference]
    assert [row.label for row in failed.rows] == [bob.reference]
    assert unknown.url == "/admin/unknowns/?state=unknown"
    assert failed.url == "/admin/payouts/?state=failed"


def test_what_a_person_does_is_told_with_the_reason(finance, payout):
    finance.post(verb(payout, "hold"), {"reason": "the grantee asked"})

    event = Event.objects.of_thing(payout).last()
    assert (event.kind, event.actor) == ("payout.hold", cast.person("finance"))
    assert finance.get(page_of(payout)).context["events"][0]["text"] == "the grantee asked"
