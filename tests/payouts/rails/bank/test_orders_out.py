"""Files of orders: valid against the official schema, exact, the same every time."""

import csv
import io
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import sepaxml
from lxml import etree

from grants.core.errors import Refused
from grants.payouts.rails.bank.orders import Debtor
from grants.payouts.rails.bank.pain001 import NAMESPACE, pain001
from grants.payouts.rails.bank.sheet import COLUMNS, csv_sheet, xlsx_sheet
from tests.payouts.rails.bank.files import OWN_ACCOUNT
from tests.payouts.rails.orders import order

SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
DEBTOR = Debtor(
    name="AMOS 开发者基金会",
    account=OWN_ACCOUNT,
    bank_name="中国工商银行杭州科技支行",
    cnaps_code="102100099996",
)
NAMES = {"p": NAMESPACE}
RARE = "䶮㛃㐂𠮷𬎆"


def xml(*orders) -> bytes:
    return pain001(
        orders,
        reference="BAT-2026-000001",
        created=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
        execute_on=date(2026, 11, 26),
        debtor=DEBTOR,
    )


WRITERS = {
    "xml": xml,
    "csv": lambda *orders: csv_sheet(orders, encoding="utf-8-sig"),
    "gb18030": lambda *orders: csv_sheet(orders, encoding="gb18030"),
    "xlsx": lambda *orders: xlsx_sheet(orders),
}


def texts(document, path: str) -> list[str]:
    return [found.text for found in document.iterfind(path, NAMES)]


def test_pain001_is_valid_against_the_official_schema():
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    orders = [order("PAY-2026-000001-1"), order("PAY-2026-000002-1", holder_is_company=True)]

    document = etree.fromstring(xml(*orders, order("PAY-2026-000003-2", bank_name="")))

    assert schema.validate(document), schema.error_log


def test_pain001_says_who_pays_whom_what_and_when():
    document = etree.fromstring(
        xml(
            order("PAY-2026-000001-1", amount=Decimal("0.01")),
            order("PAY-2026-000002-1", amount=Decimal("120000.00"), holder_name=RARE),
        )
    )

    assert texts(document, ".//p:NbOfTxs") == ["2", "2"]
    assert texts(document, ".//p:CtrlSum") == ["120000.01", "120000.01"]
    assert texts(document, ".//p:GrpHdr/p:MsgId") == ["BAT-2026-000001"]
    assert texts(document, ".//p:GrpHdr/p:CreDtTm") == ["2026-11-25T09:30:00+00:00"]
    assert texts(document, ".//p:ReqdExctnDt/p:Dt") == ["2026-11-26"]
    assert texts(document, ".//p:EndToEndId") == ["PAY-2026-000001-1", "PAY-2026-000002-1"]
    assert texts(document, ".//p:InstdAmt") == ["0.01", "120000.00"]
    assert texts(document, ".//p:Cdtr/p:Nm") == ["欧阳丽娜", RARE]
    assert texts(document, ".//p:DbtrAcct/p:Id/p:Othr/p:Id") == [OWN_ACCOUNT]
    assert texts(document, ".//p:CdtrAcct/p:Id/p:Othr/p:Id") == ["6222021234567890123"] * 2
    assert texts(document, ".//p:CdtrAgt//p:MmbId") == ["102100099996"] * 2
    assert set(texts(document, ".//p:ClrSysId/p:Cd")) == {"CNAPS"}
    assert texts(document, ".//p:Ustrd")[0] == "PAY-2026-000001-1 AW-1 里程碑一"


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_file_of_the_same_orders_has_the_same_bytes(write):
    first = write(order("PAY-1"), order("PAY-2"))
    time.sleep(2.1)  # a ZIP counts in steps of two seconds

    assert write(order("PAY-1"), order("PAY-2")) == first


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"number": "PAY-1"}, "its number is there twice"),
        ({"number": "P" * 36}, "its number is longer than 35 characters"),
        ({"holder_name": "名" * 141}, "a name is longer than 140 characters"),
        ({"bank_name": "行" * 141}, "a name is longer than 140 characters"),
        ({"holder_name": "李\x00娜"}, "a name holds a character that cannot be written"),
        ({"holder_name": "李\ud800娜"}, "a name holds a character that cannot be written"),
        ({"remark": "x\ufffe"}, "a name holds a character that cannot be written"),
        ({"account": "6" * 35}, "its account is not 1 to 34 letters and digits"),
        ({"account": "6222 0212"}, "its account is not 1 to 34 letters and digits"),
        ({"cnaps_code": "102100099990"}, "its CNAPS code is wrong"),
        ({"cnaps_code": ""}, "its CNAPS code is wrong"),
        ({"currency": "USD"}, "a bank file pays in CNY only"),
        (
            {"payee_kind": "alipay"},
            "it is paid to an Alipay account, which a bank file cannot reach",
        ),
    ],
)
def test_order_that_no_bank_takes_is_refused_by_its_row(write, more, why):
    number = more.get("number", "PAY-2")

    with pytest.raises(Refused) as refused:
        write(order("PAY-1"), order(**{"number": number, **more}))

    assert str(refused.value) == f"Row 2, payment {number}: {why}."


@pytest.mark.parametrize("amount", ["0", "0.001", "-1", "NaN"])
def test_order_of_no_amount_in_fen_does_not_exist(amount):
    with pytest.raises(ValueError, match="amount"):
        order("PAY-1", amount=Decimal(amount))


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_file_of_nothing_is_refused(write):
    with pytest.raises(Refused) as refused:
        write()

    assert str(refused.value) == "There is no payment to write into the file."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_keeps_every_digit_and_every_character(encoding):
    raw = csv_sheet([order("PAY-1", holder_name=RARE)], encoding=encoding)

    head, row = csv.reader(io.StringIO(raw.decode(encoding)))
    assert raw.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert head == [column.title for column in COLUMNS]
    assert row == [
        "1",
        "6222021234567890123",
        RARE,
        "120000.00",
        "中国工商银行",
        "102100099996",
        "PAY-1 AW-1 里程碑一",
    ]


def test_xlsx_holds_account_numbers_as_texts():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_sheet([order("PAY-1", holder_name=RARE)])))

    cells = next(iter(book.active.iter_rows(min_row=2)))
    assert [cell.value for cell in cells[:4]] == [1, "6222021234567890123", RARE, 120000]
    assert [cell.data_type for cell in cells] == ["n", "s", "s", "n", "s", "s", "s"]
    assert (cells[1].number_format, cells[3].number_format) == ("@", "0.00")


def test_xlsx_refuses_an_amount_that_its_digits_cannot_hold():
    with pytest.raises(Refused) as refused:
        xlsx_sheet([order("PAY-1", amount=Decimal("10000000000000.01"))])

    assert str(refused.value) == (
        "Row 1, payment PAY-1: its amount is too large for a spreadsheet."
    )


@pytest.mark.parametrize("name", ["=1+1", "+86", "-李", "@SUM(A1)", "＝1"])
def test_name_that_a_spreadsheet_would_run_is_disarmed(name):
    raw = csv_sheet([order("PAY-1", holder_name=name)], encoding="utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(xlsx_sheet([order("PAY-1", holder_name=name)])))

    (_head, row) = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert row[2] == "'" + name
    assert (book.active["C2"].value, book.active["C2"].data_type) == ("'" + name, "s")


def test_debtor_that_is_not_set_up_is_refused():
    with pytest.raises(Refused):
        Debtor(name="", account="", bank_name="", cnaps_code="")
    with pytest.raises(Refused) as refused:
        Debtor(name="A", account="1", bank_name="B", cnaps_code="102100099990")

    assert str(refused.value) == "BANK_DEBTOR_CNAPS is not a CNAPS code of 12 digits."
