"""Payments without a final answer at the desk: which, why, and asking about one now."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone, translation

from grants.payouts import rails
from grants.payouts.models import PaymentAttempt, Payout, RailHealth
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services.booking import book
from grants.payouts.why import OURS, why
from tests import cast
from tests.admin.conftest import answers, open_to, told
from tests.ledger.books import tamper
from tests.many import answer, copies, due_payouts, settled

pytestmark = pytest.mark.django_db

LIST = "/admin/unknowns/"
READERS = ("finance", "controller", "auditor")


def ask(attempt, query: str = "") -> str:
    return f"{LIST}{attempt.number}/ask/{query}"


def unknown(*owners: str, code: str = "TIMEOUT") -> list[PaymentAttempt]:
    payouts = due_payouts(*owners)
    cast.released_batch(*payouts)
    return [settled(one, Outcome.UNKNOWN, code=code).attempts.get() for one in payouts]


def shown(response) -> list[str]:
    return [attempt.number for attempt in response.context["page"]]


@pytest.fixture
def finance(client):
    client.force_login(cast.person("finance"))
    return client


def test_list_shows_what_has_no_final_answer_and_nothing_else(finance):
    payouts = due_payouts("ann", "bob", "cyd", "dan", "eve")
    cast.released_batch(*payouts)
    ann, bob, cyd, dan, eve = payouts
    settled(ann, Outcome.UNKNOWN, code="BAD_SIGNATURE")
    settled(bob, Outcome.SENT, code="DEALING")
    settled(cyd, Outcome.PAID)
    PaymentAttempt.objects.filter(payout=eve).update(code="NOT_READY", message="no key")

    response = finance.get(LIST)

    assert shown(response) == [f"{one.reference}-1" for one in (eve, bob, ann)]
    assert dan.reference not in response.content.decode()
    whole = response.context["whole"]
    assert [(row.count, row.net) for row in whole] == [(3, Decimal("90000.00"))]
    assert [(row.state, row.count) for row in response.context["totals"]] == [
        ("sending", 1),
        ("sent", 1),
        ("unknown", 1),
    ]


def test_row_says_why_and_masks_the_account(finance):
    unknown("ann")

    page = finance.get(LIST).content.decode()

    assert "No answer came in time. The payment may have been made." in page
    assert "•••• 0128" in page
    assert "6222021234567890128" not in page


def test_filters_choose_by_state_code_and_rail(finance):
    ann, bob = unknown("ann", "bob")
    PaymentAttempt.objects.filter(pk=bob.pk).update(code="HTTP_502")

    assert shown(finance.get(LIST, {"code": "HTTP_502"})) == [bob.number]
    assert shown(finance.get(LIST, {"state": "accepted"})) == []
    assert shown(finance.get(LIST, {"state": "unknown"})) == [bob.number, ann.number]
    assert shown(finance.get(LIST, {"rail": "bank_file"})) == []
    codes = finance.get(LIST).context["form"].fields["code"].choices
    assert codes[1:] == [
        ("HTTP_502", "The gateway answered with an error (HTTP 502). (HTTP_502, 1)"),
        ("TIMEOUT", "No answer came in time. The payment may have been made. (TIMEOUT, 1)"),
    ]


@pytest.mark.parametrize("query", ["code=x", "rail=x", "state=prepared&code=%00", "state=due"])
def test_filter_that_cannot_be_is_empty_and_says_why(finance, query):
    unknown("ann")

    response = finance.get(f"{LIST}?{query}")

    assert shown(response) == []
    assert response.context["form"].errors


def test_page_without_any_says_so(finance):
    page = BeautifulSoup(finance.get(LIST).content, "html.parser")

    assert page.find(string="Nothing is unknown")


def test_everybody_else_is_kept_out(at_desk):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("count", [0, 30])
def test_list_costs_the_same_however_many(finance, count, django_assert_num_queries):
    (attempt,) = unknown("ann")
    PaymentAttempt.objects.bulk_create(
        PaymentAttempt(
            payout=payout,
            batch_id=attempt.batch_id,
            number=f"{payout.reference}-1",
            rail=attempt.rail,
        )
        for payout in copies(Payout.objects.get(), count)
    )
    PaymentAttempt.objects.update(state="unknown", code="TIMEOUT")
    RailHealth.objects.create(rail="sandbox", failures=2)

    # Session, person, roles, codes, currencies, totals, attempts, rails.
    with django_assert_num_queries(8):
        finance.get(LIST)


def test_ask_now_brings_the_question_forward_and_leads_back_to_the_filter(finance):
    (attempt,) = unknown("ann")

    response = finance.post(ask(attempt, "?state=unknown"))

    assert response.url == f"{LIST}?state=unknown"
    assert PaymentAttempt.objects.get().next_ask_at < attempt.next_ask_at
    assert told(finance.get(response.url)) == [f"{attempt.number} is being asked about."]


def test_ask_now_of_a_settled_payment_says_so(finance):
    (attempt,) = unknown("ann")
    book(PaymentAttempt.objects.get(), answer(Outcome.PAID), was_question=True)

    response = finance.post(ask(attempt))

    assert told(finance.get(response.url)) == [f"{attempt.number} has its answer."]
    assert PaymentAttempt.objects.get().next_ask_at is None


def test_auditor_asks_nothing_and_sees_no_button(client):
    (attempt,) = unknown("ann")
    client.force_login(cast.person("auditor"))

    assert "/ask/" not in client.get(LIST).content.decode()
    assert client.post(ask(attempt)).status_code == 403
    assert PaymentAttempt.objects.get().next_ask_at == attempt.next_ask_at


def test_asking_needs_a_post_and_a_number_that_is_there(finance):
    (attempt,) = unknown("ann")

    assert finance.get(ask(attempt)).status_code == 405
    assert finance.post(f"{LIST}PAY-2026-999999-1/ask/").status_code == 404


def test_rails_say_how_they_are(finance):
    RailHealth.objects.create(
        rail="sandbox",
        failures=5,
        stopped_at=timezone.now(),
        retry_at=timezone.now(),
        reason="HTTP_502 no",
    )
    RailHealth.objects.create(rail="bank_file")

    page = BeautifulSoup(finance.get(LIST).content, "html.parser")

    rows = page.select_one("table").select("tbody tr")
    texts = [" ".join(row.get_text(" ").split()) for row in rows]
    assert texts[0] == "Bank file Answers 0 — — —"
    assert texts[1].startswith("Sandbox (Alipay's protocol) Stopped 5 ")
    assert texts[1].endswith("The gateway answered with an error (HTTP 502). HTTP_502 no")


@pytest.mark.parametrize(
    ("state", "code", "sentence"),
    [
        ("unknown", "", "The worker stopped before an answer came. The payment may be made."),
        ("accepted", "", "The rail accepted it and has not said yet that it was made."),
        ("accepted", "DEALING", "The rail accepted it and has not said yet that it was made."),
        ("unknown", "HTTP_503", "The gateway answered with an error (HTTP 503)."),
        (
            "unknown",
            "EXCEED_LIMIT_DM_AMOUNT",
            "The rail cannot pay now: a limit or its own service. It is tried again.",
        ),
        (
            "unknown",
            "PRODUCT_NOT_SIGN",
            "The rail takes no payment of ours: the contract or our settings are at fault.",
        ),
        (
            "unknown",
            "PAYMENT_FAIL",
            "The rail refused it. An earlier call may have been made, so it is asked first.",
        ),
        ("unknown", "WHAT", "The rail gave an answer that we do not know, so it counts as none."),
    ],
)
def test_every_code_has_a_sentence(state, code, sentence):
    with translation.override("en"):
        assert why(PaymentAttempt(state=state, code=code)) == sentence


def test_payment_in_a_bank_file_waits_for_the_statement(finance):
    unknown("ann")
    tamper(
        "UPDATE grants_paymentattempt SET rail = 'bank_file', state = 'accepted', code = ''",
    )

    (shown_one,) = finance.get(LIST).context["page"]

    assert shown_one.why.startswith("It is in a bank file.")
    assert not shown_one.can_be_asked


def test_codes_of_our_own_client_are_all_in_the_table():
    source = "".join(path.read_text() for path in Path(rails.__file__).parent.glob("*.py"))
    raised = set(re.findall(r'UnclearError\(\s*f?"([A-Z_]+)"', source))
    raised |= set(re.findall(r'Verdict\(\s*Outcome\.UNKNOWN, "([A-Z_]+)"', source))

    assert raised
    assert raised - set(OURS) == set()
