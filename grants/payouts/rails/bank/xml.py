"""XML from outside: read as a stream, without a document type, entities or any other file."""

import functools
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from grants.payouts.rails.bank.statements import wrong

PREFIX = "urn:iso:std:iso:20022:tech:xsd:"


def elements(file: BinaryIO) -> Iterator:
    """The first element when it begins, then each one when it ends.

    Raises `Refused` for what is no XML, and for a document type: no bank sends one, and with it
    come entities.
    """
    is_first = True
    try:
        for event, element in etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if is_first and element.getroottree().docinfo.doctype:
                raise wrong(_("This XML has a document type, which no bank's file has."))
            if is_first or event == "end":
                yield element
            is_first = False
    except etree.XMLSyntaxError as error:
        why = str(error.msg)[:200]
        raise wrong(_("This is not a whole XML file: %(why)s") % {"why": why}) from None


def message_of(root) -> str:
    """The message that a document is by its namespace, such as `camt.053.001.08`; else nothing."""
    namespace = etree.QName(root).namespace or ""
    return namespace.removeprefix(PREFIX) if namespace.startswith(PREFIX) else ""


def name_of(element) -> str:
    return etree.QName(element).localname


@functools.lru_cache(maxsize=256)
def _path(names: str) -> str:
    return "/".join("{*}" + name for name in names.split("/"))


def text(element, *paths: str) -> str:
    """The text of the first of the paths (`Refs/EndToEndId`) that is there; else nothing."""
    for names in paths:
        found = element.findtext(_path(names))
        if found and found.strip():
            return found.strip()
    return ""


def every(element, names: str) -> list:
    return element.findall(_path(names))
