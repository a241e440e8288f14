"""The register as a file: opened by a second library, and equal to the database and the books."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.utils import translation

from grants.accounts.models import Organisation
from grants.core.errors import Refused
from grants.events.models import Event
from grants.events.words import knows
from grants.ledger.models import LedgerAccount, Place
from grants.payouts.models import Payout
from grants.reports import exports
from grants.reports.exports import disarmed, export_register, headers
from grants.reports.register import Choice, Total
from tests import cast
from tests.ledger.books import tamper
from tests.many import copies, due_payouts, settled

pytestmark = pytest.mark.django_db


def exported(form: str, **filters):
    target = io.BytesIO()
    with translation.override("en"):
        done = export_register(target, Choice(**filters), form, by=cast.person("finance"))
    return done, target.getvalue()


def csv_rows(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def sheet_rows(content: bytes) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


@pytest.fixture
def payouts():
    ann, bob, eve = due_payouts("ann", "bob", "eve")
    cast.released_batch(ann, bob)
    return [settled(ann), settled(bob), eve]


def test_xlsx_sums_equal_the_database_and_the_books(payouts):
    done, content = exported("xlsx", state="paid")

    _header, *rows, total = sheet_rows(content)
    net = sum(Decimal(str(row[11])) for row in rows)
    assert len(rows) == 2
    assert net == Payout.objects.filter(state="paid").aggregate(sum=Sum("net"))["sum"]
    assert net == LedgerAccount.objects.filter(place=Place.PAID).aggregate(s=Sum("balance"))["s"]
    assert (total[0], total[1], Decimal(str(total[11])), total[12]) == ("Total", 2, net, "CNY")
    assert done.totals == [Total("CNY", "", 2, net, Decimal("0.00"), net)]


def test_xlsx_has_numbers_texts_dates_and_a_head_that_stays(payouts):
    _done, content = exported("xlsx", state="paid")

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    head, row = [list(line) for line in sheet.iter_rows(min_row=1, max_row=2)]
    payout = payouts[0]
    assert [cell.value for cell in head] == [name for name, _kind, _width in headers_in_english()]
    assert sheet.freeze_panes == "B2"
    assert (row[0].value, row[0].data_type) == (payout.reference, "s")
    assert (row[9].value, row[9].data_type, row[9].number_format) == (30000, "n", "#,##0.00")
    assert (row[14].value, row[14].data_type) == ("•••• 0128", "s")
    local = payout.paid_at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=8)
    assert row[20].value == local.replace(microsecond=0)


def headers_in_english():
    with translation.override("en"):
        return headers()


def test_csv_begins_with_a_mark_and_has_a_line_for_each_payout(payouts):
    done, content = exported("csv")

    rows = csv_rows(content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert [row["Payout"] for row in rows] == [payout.reference for payout in payouts]
    assert [row["Net"] for row in rows] == ["30000.00"] * 3
    assert [row["State"] for row in rows] == ["Paid", "Paid", "Due"]
    assert [row["Payment number"] for row in rows] == [
        f"{payouts[0].reference}-1",
        f"{payouts[1].reference}-1",
        "",
    ]
    assert rows[2]["Paid at"] == ""
    assert done.count == 3


def test_times_are_shanghais(payouts):
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    Payout.objects.filter(pk=payouts[0].pk).update(paid_at=at)

    _done, content = exported("csv", since=date(2026, 3, 2), until=date(2026, 3, 2))

    assert [row["Paid at"] for row in csv_rows(content)] == ["2026-03-02 07:30:00"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_is_recorded_with_its_hash(payouts, form):
    done, content = exported(form, state="paid")

    (event,) = Event.objects.filter(kind="user.export_payouts")
    person = cast.person("finance")
    assert done.sha256 == hashlib.sha256(content).hexdigest()
    assert done.size == len(content)
    assert (event.actor, event.thing_id) == (person, str(person.pk))
    assert event.data == {
        "format": form,
        "filter": {
            "moment": "paid",
            "since": None,
            "until": None,
            "round": "",
            "state": "paid",
            "search": "",
        },
        "rows": 2,
        "totals": {"CNY": "60000.00"},
        "sha256": done.sha256,
    }
    assert knows("user.export_payouts")
    assert knows("fund.export_payouts")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_nothing_gives_a_head_and_zero_totals(db, form):
    done, content = exported(form)

    assert (done.count, done.totals) == (0, [Total("CNY")])
    if form == "csv":
        assert content.decode("utf-8-sig").splitlines() == [
            ",".join(name for name, _kind, _width in headers_in_english())
        ]
    else:
        _header, total = sheet_rows(content)
        assert total[:2] + total[9:13] == ("Total", 0, 0, 0, 0, "CNY")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_text_that_looks_like_a_formula_is_disarmed(start):
    assert disarmed(start + "1+1") == "'" + start + "1+1"


def test_formula_in_a_name_stays_a_text_in_both_files(payouts):
    formula = '=HYPERLINK("http://evil.example","x")'
    Organisation.objects.filter(pk=payouts[0].award.organisation.pk).update(name=formula)
    tamper("UPDATE grants_payee SET bank_name = '@bank' WHERE id = %s", payouts[0].payee_id)

    _done, text = exported("csv")
    _done, book = exported("xlsx")

    row = csv_rows(text)[0]
    assert (row["Organisation"], row["Payee's bank"]) == ("'" + formula, "'@bank")
    cell = openpyxl.load_workbook(io.BytesIO(book)).active["D2"]
    assert (cell.value, cell.data_type) == ("'" + formula, "s")


def test_headers_and_states_speak_the_readers_language(payouts):
    target = io.BytesIO()
    with translation.override("zh-hans"):
        export_register(target, Choice(), "csv", by=cast.person("finance"))

    head, first = target.getvalue().decode("utf-8-sig").splitlines()[:2]
    assert head.split(",")[:7] == [
        "付款单",
        "资助",
        "申请",
        "申请主体",
        "统一社会信用代码",
        "计划",
        "期次",
    ]
    assert first.split(",")[17] == "已付款"


def test_a_full_sheet_is_followed_by_another(payouts, monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)

    _done, content = exported("xlsx")

    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Payouts", "Payouts 2"]
    assert [sheet.max_row for sheet in book] == [3, 3]
    assert book.worksheets[1]["L3"].value == 90000


def test_exports_cost_the_same_however_many_rows(payouts, django_assert_num_queries):
    person = cast.person("finance")
    assert person.roles
    # Two savepoints and their ends, the rows, the event.
    with django_assert_num_queries(6):
        export_register(io.BytesIO(), Choice(), "csv", by=person)
    copies(payouts[2], 30)
    with django_assert_num_queries(6):
        export_register(io.BytesIO(), Choice(), "csv", by=person)


@pytest.mark.parametrize("who", ["officer", "reviewer", "approver", "applicant"])
def test_export_is_for_finance_and_audit_alone(payouts, who):
    target = io.BytesIO()

    with pytest.raises(PermissionDenied):
        export_register(target, Choice(), "csv", by=cast.person(who))

    assert target.getvalue() == b""
    assert not Event.objects.filter(kind="user.export_payouts").exists()


def test_refused_days_write_nothing(db):
    target = io.BytesIO()

    with pytest.raises(Refused):
        export_register(target, Choice(since=date(1, 1, 1)), "csv", by=cast.person("finance"))

    assert target.getvalue() == b""
    assert not Event.objects.filter(kind="user.export_payouts").exists()
