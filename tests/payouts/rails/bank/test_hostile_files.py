"""Hostile files: bombs, outside entities, what is cut, too long, too large or too deep."""

import io
from decimal import Decimal

import pytest

from grants.core.errors import Refused
from grants.payouts.rails.bank.reader import read
from tests.payouts.rails.bank.files import camt053, entry, pain002, status


def parsed(raw: bytes):
    return read(io.BytesIO(raw))


def told(raw: bytes) -> str:
    with pytest.raises(Refused) as refused:
        parsed(raw)
    assert list(refused.value.problems) == ["file"]
    return str(refused.value)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE Document [
<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
]>"""


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<?xml version="1.0"?><!DOCTYPE Document SYSTEM "http://127.0.0.1:1/evil.dtd">',
        b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    ],
)
def test_document_type_is_refused_whatever_it_holds(head):
    body = camt053(entry("-1.00", remark="REMARK")).partition(b"?>")[2]

    assert told(head + body) == "This XML has a document type, which no bank's file has."
    with pytest.raises(Refused):
        parsed(head + body.replace(b"REMARK", b"&e;"))
    with pytest.raises(Refused):
        parsed(head + body.replace(b"<Document ", b'<Document x="&e;&e;&e;&e;" ', 1))


@pytest.mark.parametrize("end", [-1, -40, 60])
def test_file_that_was_cut_is_no_xml(end):
    raw = camt053(entry("-1.00"))

    assert told(raw[:end]).startswith("This is not a whole XML file: ")


def test_statement_of_ten_thousand_lines_is_read():
    raw = camt053(*(entry("-1.00", f"PAY-2026-{n:06d}-1") for n in range(10_000)))

    found = parsed(raw)

    assert len(found.lines) == 10_000
    assert found.lines[-1].number == "PAY-2026-009999-1"


def test_texts_are_cut_to_what_the_columns_hold():
    (line,) = parsed(camt053(entry("-1.00", "N" * 99, name="名" * 200, remark="r" * 999))).lines
    (report,) = parsed(pain002(status("N" * 99, "C" * 99, reason="R" * 99, told="t" * 999))).lines

    assert (len(line.number), len(line.holder_name), len(line.remark)) == (64, 140, 200)
    assert (len(report.number), len(report.code), len(report.remark)) == (64, 35, 200)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "00010101", "2026-02-30"])
def test_day_on_which_no_bank_booked_is_refused(day):
    assert told(camt053(entry("-1.00", day=day))) == f"Entry 1: “{day}” is no date."


def test_amounts_beyond_the_books_are_refused():
    most = "9" * 15 + ".99"

    assert parsed(camt053(entry(f"-{most}"))).lines[0].amount == -Decimal(most)
    assert told(camt053(entry(f"-1{most}"))).endswith("is no amount in yuan and fen.")
    assert told(camt053(*[entry(f"-{most}")] * 11)) == "The amounts of this file are too large."


def test_xml_that_is_too_deep_is_refused():
    assert told(b"<a>" * 5000 + b"</a>" * 5000).startswith("This is ")
