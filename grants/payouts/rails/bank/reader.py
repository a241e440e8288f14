"""Reads a bank's file whatever it is: told by its content, never by its name."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from grants.payouts.rails.bank import bank_csv, camt053, pain002, xml
from grants.payouts.rails.bank.statements import ParsedStatement, wrong

LOOK = 512
MARKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read(file: BinaryIO) -> ParsedStatement:
    """What the file says. Raises `Refused` with field "file" for one that cannot be used."""
    file.seek(0)
    beginning = file.read(LOOK)
    file.seek(0)
    if beginning.startswith((ZIP, OLD_EXCEL)):
        raise wrong(_("This is a spreadsheet. Upload the CSV or XML file that the bank gives."))
    if not beginning.strip(MARKS):
        raise wrong(_("This file is empty."))
    if not beginning.lstrip(MARKS).startswith(b"<"):
        return bank_csv.read(file)
    elements = xml.elements(file)
    message = xml.message_of(next(elements))
    if message in camt053.MESSAGES:
        return camt053.read(elements)
    if message in pain002.MESSAGES:
        return pain002.read(elements)
    known = ", ".join([*camt053.MESSAGES, *pain002.MESSAGES])
    words = {"message": message or _("something else"), "known": known}
    raise wrong(_("This is %(message)s. Known are: %(known)s.") % words)
