"""Statements, bank lines, days and bank files at the desk: who sees what, and who does what."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from grants.payouts.models import (
    BankStatement,
    ClosedDay,
    StatementLine,
)
from grants.payouts.services.statements import set_aside
from tests import cast
from tests.admin.conftest import EVERYBODY, ODD_QUERIES, answers, open_to
from tests.payouts.banking import (
    as_file,
    debit,
    only_line,
    sent,
    statement,
    uploaded,
    yesterday,
)
from tests.payouts.rails.bank.files import entry
from tests.payouts.way import standing

pytestmark = pytest.mark.django_db

MONEY = ("finance", "controller", "auditor")
STATEMENTS, LINES, DAYS = "/admin/statements/", "/admin/bank-lines/", "/admin/days/"


@pytest.fixture
def finance(at_desk):
    return at_desk("finance")


@pytest.fixture
def controller(at_desk):
    return at_desk("controller")


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def verb(line, name: str) -> str:
    return reverse("admin:line-verb", args=[line.pk, name])


def fee() -> StatementLine:
    """An open line of yesterday that is about no payment."""
    uploaded(entry("-5.00", remark="手续费", day=str(yesterday())))
    return only_line()


def test_finance_uploads_and_sees_what_became_of_it(finance):
    (attempt,) = sent()
    raw = statement(debit(attempt), entry("-5.00", day=str(yesterday())))

    response = finance.post(STATEMENTS, {"file": as_file(raw)}, follow=True)

    made = BankStatement.objects.get()
    assert response.redirect_chain == [(f"{STATEMENTS}{made.pk}/", 302)]
    assert said(response) == ["The statement was read: 2 lines, 1 matched."]
    assert (response.context["open"], standing()) == (1, [("paid", "succeeded")])
    again = finance.post(STATEMENTS, {"file": as_file(raw, "again.xml")}, follow=True)
    assert said(again) == ["This file was uploaded before. This is its statement."]
    assert BankStatement.objects.count() == 1


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "This file is empty."),
        (b"x", "This CSV is not known. It needs the columns"),
        (b"</a>", "This is not a whole XML file"),
    ],
)
def test_wrong_file_is_refused_beside_the_field(finance, raw, sentence):
    response = finance.post(STATEMENTS, {"file": as_file(raw)})

    assert response.status_code == 200
    assert response.context["form"].errors["file"][0].startswith(sentence)
    assert escape(sentence) in response.content.decode()
    assert not BankStatement.objects.exists()


def test_nothing_chosen_is_refused_beside_the_field(finance):
    response = finance.post(STATEMENTS, {})

    assert list(response.context["form"].errors) == ["file"]


def test_pages_are_open_to_money_only(at_desk):
    line = fee()
    pages = [STATEMENTS, LINES, DAYS, f"{STATEMENTS}{line.statement_id}/", f"{LINES}{line.pk}/"]

    for page in pages:
        assert answers(page, at_desk=at_desk) == open_to(*MONEY)


def test_upload_and_verbs_are_for_finance_only(at_desk):
    line = fee()
    others = [person for person in EVERYBODY if person not in ("finance", "stranger")]

    for person in others:
        browser = at_desk(person)
        upload = browser.post(STATEMENTS, {"file": as_file(b"booked_on,amount\n2026-01-01,1\n")})
        assert upload.status_code == 403
        for name in ("match", "set_aside", "unmatch", "take_up"):
            sent_words = {"reason": "x", "number": "PAY-2026-000001-1"}
            assert browser.post(verb(line, name), sent_words).status_code == 403

    assert (BankStatement.objects.count(), only_line().state) == (1, "open")


def test_what_is_not_there_is_not_found(finance):
    for page in (f"{STATEMENTS}9/", f"{LINES}9/"):
        assert finance.get(page).status_code == 404
    assert finance.post(f"{LINES}9/match/").status_code == 404
    assert finance.post(verb(fee(), "nothing")).status_code == 404


@pytest.mark.parametrize("query", [*ODD_QUERIES, "amount=x", "since=x", "says=x", "search=%00"])
def test_odd_filters_are_no_error(finance, query):
    fee()

    assert finance.get(f"{LINES}?{query}").status_code == 200


def test_work_list_has_open_lines_with_their_best_payment(finance):
    ann, bob = sent("ann", "bob")
    uploaded(
        debit(ann, number="NOTPROVIDED", name="Ann"),
        debit(bob),
        entry("-1.00", bob.number, day=str(yesterday())),
    )

    page = finance.get(LINES).context["page"]
    everything = finance.get(LINES, {"state": "all"}).context["page"]

    wrong, unsure = page.rows
    assert (unsure.best.attempt, unsure.best.confidence) == (ann, 50)
    assert wrong.best.doubt == "The line is about 1.00, the payment is of 30000.00."
    assert len(everything) == 3


def test_work_list_is_filtered(finance):
    line = fee()
    uploaded(entry("7.00", "X-1", name="捐赠人", day="2026-01-05", reference="R7"))
    other = StatementLine.objects.exclude(pk=line.pk).get()

    for query in (
        {"says": "other"},
        {"amount": "-7"},
        {"search": "捐赠"},
        {"search": "X-1"},
        {"search": "R7"},
        {"until": "2026-01-05"},
    ):
        assert list(finance.get(LINES, query).context["page"]) == [other]


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_however_many(finance, count, django_assert_num_queries):
    sent("ann", "bob")
    made = uploaded(*(entry("-30000.00", day=str(yesterday())) for _ in range(count))).statement

    # Session, person, roles, lines, payments that fit, their other matches.
    with django_assert_num_queries(6):
        assert len(finance.get(LINES).context["page"]) == count
    # Session, person, roles, statement, lines, how many are open.
    with django_assert_num_queries(6):
        finance.get(f"{STATEMENTS}{made.pk}/")


def test_finance_matches_by_a_click_on_a_suggestion(finance):
    (attempt,) = sent()
    uploaded(debit(attempt, number="NOTPROVIDED", name="Applicant"))
    line = only_line()
    page = finance.get(f"{LINES}{line.pk}/")
    assert [fit.attempt for fit in page.context["fits"]] == [attempt]

    response = finance.post(verb(line, "match"), {"number": attempt.number}, follow=True)

    assert said(response) == ["The line is matched."]
    assert (only_line().state, standing()) == ("matched", [("paid", "succeeded")])
    assert response.context["match"].attempt == attempt


def test_match_that_is_refused_says_why(finance):
    (attempt,) = sent()
    line = fee()

    unknown = finance.post(verb(line, "match"), {"number": "PAY-1"})
    other = finance.post(verb(line, "match"), {"number": attempt.number})

    assert unknown.context["refused"].errors == {"number": ["There is no payment of this number."]}
    assert other.context["refused"].non_field_errors() == [
        "The line is about 5.00, the payment is of 30000.00."
    ]
    assert (only_line().state, standing()) == ("open", [("sent", "accepted")])


def test_line_is_set_aside_and_taken_up(finance):
    line = fee()

    finance.post(verb(line, "set_aside"), {"reason": ""})
    assert only_line().state == "open"
    finance.post(verb(line, "set_aside"), {"reason": "fee"})
    assert only_line().state == "set_aside"
    finance.post(verb(line, "take_up"))

    assert only_line().state == "open"


def test_controller_closes_a_day_that_is_ready(controller):
    line = fee()
    close = f"{DAYS}{yesterday()}/close/"
    refused = controller.post(close, headers={"referer": f"http://testserver{DAYS}"}, follow=True)
    assert said(refused) == [f"1 lines of {yesterday()} are still to be matched."]
    assert not ClosedDay.objects.exists()
    set_aside(line, by=cast.person("finance"), reason="fee")

    response = controller.post(close, follow=True)

    assert said(response) == ["The day is closed."]
    assert [day.day for day in response.context["closed"]] == [yesterday()]
    assert response.context["days"] == []
    assert controller.post(f"{DAYS}yesterday/close/").status_code == 404


def test_only_the_controller_closes(at_desk):
    set_aside(fee(), by=cast.person("finance"), reason="fee")

    for person in (name for name in EVERYBODY if name not in ("controller", "stranger")):
        assert at_desk(person).post(f"{DAYS}{yesterday()}/close/").status_code == 403

    assert not ClosedDay.objects.exists()


def test_cards_name_what_waits(at_desk):
    line = fee()
    titles = [card.title for card in at_desk("finance").get("/admin/").context["waiting"]]
    set_aside(line, by=cast.person("finance"), reason="fee")
    ready = [card.title for card in at_desk("controller").get("/admin/").context["waiting"]]

    assert titles == ["Bank lines to match"]
    assert ready == ["Days that can be closed"]
