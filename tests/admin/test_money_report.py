"""The payout report at the desk, and the file that is taken away."""

import csv
import hashlib
import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from grants.events.models import Event
from grants.ledger.models import LedgerAccount, Place
from grants.payouts.models import Payout
from tests import cast
from tests.many import copies, due_payouts, settled

pytestmark = pytest.mark.django_db

REPORT = "/admin/reports/payouts/"
EXPORT = "/admin/reports/payouts/export/"


@pytest.fixture
def finance(client):
    client.force_login(cast.person("finance"))
    return client


@pytest.fixture
def payouts():
    ann, bob = due_payouts("ann", "bob")
    cast.released_batch(ann)
    return [settled(ann), bob]


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("who", ["finance", "controller", "auditor"])
def test_report_shows_totals_and_rows_of_the_filter(client, payouts, who):
    client.force_login(cast.person(who))

    context = client.get(REPORT, {"state": "paid"}).context

    (total,) = context["whole"]
    assert (total.count, total.net) == (1, Decimal("30000.00"))
    assert list(context["page"]) == [payouts[0]]


@pytest.mark.parametrize("who", ["officer", "approver", "reviewer", "administrator", "ann"])
def test_others_are_kept_out(client, payouts, who):
    client.force_login(cast.person(who))

    assert client.get(REPORT).status_code == 403
    assert client.post(EXPORT, {"format": "csv"}).status_code == 403
    assert not Event.objects.filter(kind="user.export_payouts").exists()


def test_who_is_not_signed_in_goes_to_the_door(client):
    assert client.get(REPORT)["Location"] == f"/admin/login/?next={REPORT}"
    assert client.post(EXPORT)["Location"] == f"/admin/login/?next={EXPORT}"


@pytest.mark.parametrize("who", ["finance", "controller", "auditor"])
def test_csv_is_what_the_event_says(client, payouts, who):
    client.force_login(cast.person(who))

    response = client.post(EXPORT, {"format": "csv", "state": "paid"})

    content = content_of(response)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    (event,) = Event.objects.filter(kind="user.export_payouts")
    sha256 = hashlib.sha256(content).hexdigest()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Length"] == str(len(content))
    assert response["X-Content-SHA256"] == sha256
    assert [row["Payout"] for row in rows] == [payouts[0].reference]
    assert (event.data["rows"], event.data["sha256"]) == (1, sha256)
    assert event.data["totals"] == {"CNY": "30000.00"}
    assert event.actor == cast.person(who)


def test_xlsx_equals_the_books(finance, payouts):
    response = finance.post(EXPORT, {"format": "xlsx", "state": "paid"})

    sheet = openpyxl.load_workbook(io.BytesIO(content_of(response))).active
    paid = LedgerAccount.objects.get(place=Place.PAID)
    assert [sheet["A2"].value, sheet["A3"].value] == [payouts[0].reference, "Total"]
    assert sheet["L2"].value == sheet["L3"].value == paid.balance
    assert response["Content-Disposition"].endswith('.xlsx"')


def test_last_exports_are_shown_with_their_hash(finance, payouts):
    content_of(finance.post(EXPORT, {"format": "csv"}))

    (event,) = finance.get(REPORT).context["exports"]

    assert (event.actor, event.data["rows"]) == (cast.person("finance"), 2)


@pytest.mark.parametrize("wrong", [{"format": "pdf"}, {}, {"format": "csv", "since": "yesterday"}])
def test_nonsense_is_refused_in_words(finance, payouts, wrong):
    response = finance.post(EXPORT, wrong, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "This filter cannot be exported. Check its days and try again."
    ]
    assert not Event.objects.filter(kind="user.export_payouts").exists()


def test_days_in_the_wrong_order_are_refused_in_words(finance, payouts):
    days = {"format": "csv", "since": "2026-03-02", "until": "2026-03-01"}

    response = finance.post(
        EXPORT, days, headers={"referer": f"http://testserver{REPORT}"}, follow=True
    )

    assert [str(message) for message in response.context["messages"]] == [
        "The last day is before the first day."
    ]
    assert not Event.objects.filter(kind="user.export_payouts").exists()


def test_export_is_not_made_by_a_link(finance):
    assert finance.get(EXPORT).status_code == 405


def test_export_needs_the_csrf_token(payouts):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.person("finance"))

    assert strict.post(EXPORT, {"format": "csv"}).status_code == 403
    assert not Event.objects.filter(kind="user.export_payouts").exists()


@pytest.mark.parametrize("count", [0, 30])
def test_report_costs_the_same_however_many(finance, payouts, count, django_assert_num_queries):
    copies(payouts[1], count)

    # Session, person, roles, rounds, currencies, totals, rows, exports.
    with django_assert_num_queries(8):
        finance.get(REPORT, {"state": "due"})


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_costs_the_same_however_many(finance, payouts, form, django_assert_num_queries):
    # Session, person, roles, two savepoints and their ends, rows, event.
    with django_assert_num_queries(9):
        content_of(finance.post(EXPORT, {"format": form}))
    copies(payouts[1], 30)
    with django_assert_num_queries(9):
        content_of(finance.post(EXPORT, {"format": form}))
    assert Payout.objects.count() == 32
