"""Through every door as one person, and what is read behind it."""

import json
from collections.abc import Iterable
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client

from tests.leaks.doors import SEARCHES, Door, doors


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def read(response) -> str:
    """The body as text; a file of several parts is read whole."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace") + " ".join(f"{k}: {v}" for k, v in response.items())
    return text + _told_later(response)


def _told_later(response) -> str:
    """The notices that the next page will show."""
    request = getattr(response, "wsgi_request", None)
    kept = getattr(request, "_messages", None)
    return " ".join(str(notice) for notice in getattr(kept, "_queued_messages", []))


def told(text: str, marks: Iterable[str], asked: str) -> list[str]:
    """The marks in the text, but for those that were part of the question itself."""
    return [mark for mark in marks if mark in text and mark not in asked]


def lists() -> list[tuple[Door, str]]:
    """The doors that take nothing."""
    return [(door, *door.addresses({})) for door in doors() if not door.takes]


def asked(address: str, words: Iterable[str]) -> list[str]:
    """A list asked by its filters, whichever of them it has, for each of these words."""
    queries = [urlencode(dict.fromkeys(SEARCHES, word)) for word in words]
    return [f"{address}?{query}" for query in ["state=all", *queries]]


def details(candidates: dict) -> list[tuple[Door, str]]:
    return [
        (door, address) for door in doors() if door.takes for address in door.addresses(candidates)
    ]


def look(browser: Client, address: str) -> tuple[int, str]:
    response = browser.get(address)
    return response.status_code, read(response)


def press(browser: Client, address: str, sent: dict) -> tuple[int, str]:
    """What a POST answers; whatever it did is undone."""
    with transaction.atomic():
        if address.startswith("/api/"):
            response = browser.post(address, json.dumps(sent), content_type="application/json")
        else:
            response = browser.post(address, sent)
        answer = response.status_code, read(response)
        transaction.set_rollback(True)
    return answer
