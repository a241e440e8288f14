"""The address that answers a mail in a case: reply+<token>@…, one for each person and case.

The token is `<conversation>-<person>-<last day>-<signature>`, in digits and the letters of base 32,
so that it survives mail servers that lower the case; with it the local part stays below the 64
characters of RFC 5321.
"""

import base64
import re
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

STANDS = timedelta(days=90)
TOKEN = re.compile(r"(\d{1,12})-(\d{1,12})-(\d{1,7})-([a-z2-7]{26})")


class BadToken(Exception):
    """No address of ours: altered, or too old."""


def _signature(text: str) -> str:
    digest = salted_hmac("grants.messages.reply", text, algorithm="sha256").digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def reply_address(conversation_id: int, person_id: int) -> str:
    """Where this person's answers arrive for 90 days; empty where no mail is received."""
    if not settings.REPLY_ADDRESS:
        return ""
    name, _at, domain = settings.REPLY_ADDRESS.rpartition("@")
    last = (timezone.localdate() + STANDS).toordinal()
    text = f"{conversation_id}-{person_id}-{last}"
    return f"{name}+{text}-{_signature(text)}@{domain}"


def read_address(address: str) -> tuple[int, int]:
    """The conversation and the person of a reply address. Raises `BadToken`."""
    name, _at, domain = settings.REPLY_ADDRESS.lower().rpartition("@")
    local, _at, found = address.strip().lower().rpartition("@")
    prefix = name + "+"
    match = TOKEN.fullmatch(local.removeprefix(prefix)) if local.startswith(prefix) else None
    if match is None or found != domain:
        raise BadToken("no reply address")
    conversation, person, last, signature = match.groups()
    if not constant_time_compare(signature, _signature(f"{conversation}-{person}-{last}")):
        raise BadToken("the signature is wrong")
    if int(last) < timezone.localdate().toordinal():
        raise BadToken(f"too old: it ended on {date.fromordinal(int(last))}")
    return int(conversation), int(person)


def is_reply_address(address: str) -> bool:
    """Whether it looks like one of ours, right or wrong."""
    name, _at, domain = settings.REPLY_ADDRESS.lower().rpartition("@")
    local, _at, found = address.strip().lower().rpartition("@")
    return bool(name) and found == domain and local.startswith(name + "+")
