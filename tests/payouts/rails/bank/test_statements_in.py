"""Files of a bank: read to the fen, refused with a sentence where they are wrong."""

import io
from datetime import date
from decimal import Decimal

import pytest

from grants.core.errors import Refused
from grants.payouts.models import Says, StatementKind
from grants.payouts.rails.bank import bank_csv, statements
from grants.payouts.rails.bank.reader import read
from grants.payouts.rails.bank.statements import ParsedBatch
from tests.payouts.rails.bank.files import (
    DAY,
    OWN_ACCOUNT,
    boc_csv,
    camt053,
    entry,
    pain002,
    status,
    tag,
)

NUMBER, CARD = "PAY-2026-000001-1", "6222021234567890128"
MINE = date.fromisoformat(DAY)


def parsed(raw: bytes):
    return read(io.BytesIO(raw))


def told(raw: bytes) -> str:
    with pytest.raises(Refused) as refused:
        parsed(raw)
    assert list(refused.value.problems) == ["file"]
    return str(refused.value)


def said(statement) -> list[tuple]:
    return [(line.says, str(line.amount), line.number) for line in statement.lines]


def test_kinds_and_words_are_those_of_the_models():
    assert {statements.CAMT053, statements.PAIN002, statements.CSV} == set(StatementKind.values)
    assert set(bank_csv.SAYS) == set(Says.values)


@pytest.mark.parametrize("version", ["001.02", "001.08"])
def test_camt053_is_read(version):
    raw = camt053(
        entry("-30000.00", NUMBER, reference="R1", name="李娜", account=CARD, version=version),
        entry("-5.00", remark="手续费", version=version),
        entry("30000.00", NUMBER, reference="R2", is_reversal=True, version=version),
        entry("100.00", version=version),
        entry("-9.00", status="PDNG", version=version),
        opening="1000000.00",
        closing="1000095.00",
        version=version,
    )

    found = parsed(raw)

    assert (found.kind, found.account, found.currency) == ("camt053", OWN_ACCOUNT, "CNY")
    assert (found.opening, found.closing) == (Decimal("1000000.00"), Decimal("1000095.00"))
    assert said(found) == [
        ("paid", "-30000.00", NUMBER),
        ("paid", "-5.00", ""),
        ("returned", "30000.00", NUMBER),
        ("other", "100.00", ""),
        ("pending", "-9.00", ""),
    ]
    first = found.lines[0]
    assert (first.booked_on, first.bank_reference) == (MINE, "R1")
    assert (first.holder_name, first.account) == ("李娜", CARD)


def test_camt053_entry_of_several_payments_is_several_lines():
    parts = "".join(
        tag("TxDtls", tag("Refs", tag("EndToEndId", f"PAY-2026-00000{n}-1")) + part)
        for n, part in enumerate(
            (tag("Amt", "10.00", Ccy="CNY"), tag("Amt", "20.00", Ccy="CNY")), start=1
        )
    )
    whole = entry("-30.00").partition("<NtryDtls>")[0] + tag("NtryDtls", parts) + "</Ntry>"

    assert said(parsed(camt053(whole))) == [
        ("paid", "-10.00", "PAY-2026-000001-1"),
        ("paid", "-20.00", "PAY-2026-000002-1"),
    ]
    assert told(camt053(whole.replace("20.00", "21.00"))) == (
        "Entry 1: its payments do not add up to it."
    )


def test_camt053_number_is_found_in_the_remark():
    found = parsed(camt053(entry("-1.00", "BANKS-OWN", remark=f"付款 {NUMBER} AWD-1")))

    assert said(found) == [("paid", "-1.00", NUMBER)]


def test_instant_of_another_zone_is_the_day_in_china():
    late = entry("-1.00").replace(tag("Dt", DAY), tag("DtTm", f"{DAY}T17:00:00Z"))

    assert parsed(camt053(late)).lines[0].booked_on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("code", "says"),
    [("ACSC", "paid"), ("ACCC", "paid"), ("RJCT", "refused"), ("ACSP", "pending")],
)
@pytest.mark.parametrize("version", ["001.03", "001.10"])
def test_pain002_is_read(version, code, says):
    raw = pain002(
        status(NUMBER, code, amount="30000.00", reason="AC04", told="账户已销户"),
        version=version,
    )

    found = parsed(raw)

    (line,) = found.lines
    assert (found.kind, found.opening, line.booked_on) == ("pain002", None, MINE)
    assert (line.says, line.amount, line.number) == (says, Decimal("-30000.00"), NUMBER)
    assert (line.code, line.remark) == ("AC04", "账户已销户")


def test_pain002_without_an_amount_leaves_it_open():
    (line,) = parsed(pain002(status(NUMBER, "ACSC"))).lines

    assert (line.amount, line.code) == (None, "ACSC")


def test_pain002_of_a_whole_batch():
    found = parsed(pain002(group="RJCT"))

    assert found.lines == ()
    assert found.batch == ParsedBatch(
        reference="BAT-2026-000001", booked_on=MINE, says="refused", code="RJCT"
    )
    assert told(pain002(group="ACTC")) == "This report settles no payment yet: it says only ACTC."


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_bank_of_china_is_read(encoding):
    raw = boc_csv(
        [
            ("-30000.00", "李娜", "R1", f"{NUMBER} AWD-1"),
            ("30000.00", "李娜", "R2", f"退票 {NUMBER}"),
            ("1234.50", "捐赠人", "R3", ""),
        ],
        encoding=encoding,
    )

    found = parsed(raw)

    assert (found.kind, found.account, found.currency) == ("csv", OWN_ACCOUNT, "CNY")
    assert (found.opening, found.closing) == (Decimal("1000000.00"), Decimal("1001234.50"))
    assert said(found) == [
        ("paid", "-30000.00", NUMBER),
        ("returned", "30000.00", NUMBER),
        ("other", "1234.50", ""),
    ]
    assert [line.holder_name for line in found.lines] == ["李娜", "李娜", "捐赠人"]
    assert {line.account for line in found.lines} == {CARD}


def test_csv_of_bank_of_china_with_bars_and_newest_first():
    lines = boc_csv([("-1.00", "甲", "R1", ""), ("-2.00", "乙", "R2", "")]).decode("gbk")
    rows = lines.replace(",", "|").replace('"', "").splitlines()

    found = parsed("\n".join([*rows[:3], rows[4], rows[3]]).encode("gbk"))

    assert (found.opening, found.closing) == (Decimal("1000000.00"), Decimal("999997.00"))


def test_own_csv_is_read():
    raw = (
        "currency,CNY\nopening,100.00\nclosing,60.00\n"
        "booked_on,amount,says,number,bank_reference,holder_name,account,remark,code\n"
        f"2026-11-24,-40.00,paid,{NUMBER},B1,李娜,'{CARD},谢谢,X\n"
        "2026/11/24,-1.00,refused,,,,,账号错误,AC01\n"
        "20261124,1.00,,,,,,,\n"
    )

    found = parsed(raw.encode())

    assert said(found) == [
        ("paid", "-40.00", NUMBER),
        ("refused", "-1.00", ""),
        ("other", "1.00", ""),
    ]
    assert (found.lines[0].account, found.lines[0].code) == (CARD, "X")


OURS = b"booked_on,amount,account\n2026-11-24,"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf \r\n", "This file is empty."),
        (b"PK\x03\x04", "This is a spreadsheet. Upload the CSV or XML file that the bank gives."),
        (b"\x00\x01\x02", "This file is no text: save it as CSV in UTF-8 or GB18030."),
        (b"\x81", "This file is no text: save it as CSV in UTF-8 or GB18030."),
        (
            b"hello,world\n",
            "This CSV is not known. It needs the columns 交易日期, 交易金额, or booked_on, amount.",
        ),
        (b"booked_on,amount\n", "This file has no lines."),
        (OURS + b"0,\n", "Line 1 moves nothing: its amount is zero."),
        (OURS + b"1.001,\n", "Row 2: “1.001” is no amount in yuan and fen."),
        (OURS + b"1e5,\n", "Row 2: “1e5” is no amount in yuan and fen."),
        (OURS + b"NaN,\n", "Row 2: “NaN” is no amount in yuan and fen."),
        (b"booked_on,amount\n24.11.2026,1\n", "Row 2: “24.11.2026” is no date."),
        (b"booked_on,amount,says\n2026-11-24,1,yes\n", "Row 2: “yes” is not known."),
        (
            OURS + b"-1.00,6.22202E+18\n",
            "Row 2: the account “6.22202E+18” was cut by a spreadsheet program."
            " Upload the file as the bank gave it, without opening and saving it.",
        ),
        (
            b"currency,USD\n" + OURS + b"1,\n",
            "This statement is in USD. The account is in CNY.",
        ),
        (
            b"opening,1.00\nclosing,3.00\n" + OURS + b"1,\n",
            "The balances do not fit: 1.00 and all lines make 2.00,"
            " but the file closes with 3.00. A line is missing or was changed.",
        ),
    ],
)
def test_wrong_file_is_refused_with_a_sentence(raw, sentence):
    assert told(raw) == sentence


def test_wrong_statement_is_refused_with_a_sentence():
    assert told(camt053()) == "This file has no lines."
    assert told(camt053(entry("-1.00", currency="EUR"), currency="EUR")) == (
        "This statement is in EUR. The account is in CNY."
    )
    assert told(camt053(entry("-1.00"), opening="10.00", closing="10.00")).startswith(
        "The balances do not fit: 10.00 and all lines make 9.00, but the file closes with 10.00."
    )
    assert told(camt053(entry("-1.00"), version="001.11")).startswith("This is camt.053.001.11.")
    assert told(b"<html><body/></html>").startswith("This is something else.")


def test_csv_of_bank_of_china_with_a_line_cut_out_is_refused():
    rows = boc_csv([("-1.00", "甲", "R1", ""), ("-2.00", "乙", "R2", ""), ("-3.00", "丙", "", "")])
    lines = rows.decode("gbk").splitlines()

    cut = "\n".join([*lines[:4], *lines[5:]])
    assert told(cut.encode("gbk")) == "The file says that it has 3 lines, but it has 2."
    assert told(cut.replace("number ],3", "number ],2").encode("gbk")) == (
        "The balances beside the lines do not follow from the amounts."
    )
