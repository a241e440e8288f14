"""Every page that people of the demo reach by links opens, fits, is accessible, speaks Chinese.

Pictures of all of them lie in artifacts/pages/ afterwards.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page

from grants.accounts.models import User
from tests.browser.conftest import SCREENS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
PAGES = SCREENS.parent / "pages"

VISITS = {
    "desk": ("zh-hans", "- li-na reviewer1 officer approver finance controller auditor admin"),
    "phone": ("en", "- li-na reviewer1 officer finance admin"),
}
# Links that end the visit, or that give a file and no page.
NOT_PAGES = re.compile(
    r"/documents/|/licences/|/archive/|\.pdf\b|/logout/|/export|/api/schema/|\?.*format="
)
# What a native reader expects in Latin letters, and what was entered so: names, codes, addresses.
LATIN = re.compile(
    r"\b(AMOS|API|CNY|English|Google|HTTP|JSON|OpenAPI|SHA-256|UTC|Word)\b|“[a-z][a-z0-9_-]*”"
    r"|\b(CSV|DOCX|JPEG|JPG|MB|PDF|PNG|PPTX|TXT|XLSX)\b"
    r"|\b(camt|pain)\.\d{3}\b|[A-Z]{3}-\d{4}-\d+|\S+@\S+|https?://\S+|\S+\.(pdf|eml)\b|\b[0-9a-f]{12,}\b|\b[0-9A-Z]{18}\b"
)
TEXTS = """() => {
    const skip = "script, style, noscript, code, pre, kbd, textarea, [lang=en], [class*=_en],"
        + ".field-slug, .field-key";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim();
        if (text && !walker.currentNode.parentElement.closest(skip)) texts.push(text);
    }
    return texts;
}"""


def kind_of(address: str) -> str:
    """Pages of one kind have one address, but for numbers and references."""
    path = re.sub(r"(porting|new-apps|pilot)-2026-\d", "0", urlsplit(address).path)
    return re.sub(r"[A-Z]{3}-\d{4}-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b", "0", path)


def english(page: Page) -> list[str]:
    """What a Chinese page says in English."""
    texts = page.evaluate(TEXTS)
    return sorted({text for text in texts if re.search(r"[A-Za-z]{3,}", LATIN.sub("", text))})


def enter(page: Page, person: str, base: str) -> None:
    browser = Client()
    browser.force_login(User.objects.get(email=f"{person}@demo.example"))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": base}])


def links_on(page: Page, base: str) -> list[str]:
    found = page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.href)")
    addresses = [
        link.removeprefix(base).partition("#")[0] for link in found if link.startswith(base)
    ]
    return [address for address in addresses if not NOT_PAGES.search(address)]


@pytest.mark.parametrize(
    "size", [pytest.param(size, marks=pytest.mark.xdist_group(f"visits {size}")) for size in VISITS]
)
def test_every_page_opens_fits_and_is_accessible(open_page, axe, live_server, size):
    """One seeded fund for all people: making it anew for each would take most of the time."""
    call_command("seed_demo", verbosity=0)
    language, people = VISITS[size]
    wrong = []
    for person in people.split():
        page = open_page(size=size, language=language)
        wrong += visit(page, person, axe, base=live_server.url, folder=PAGES / f"{person}-{size}")
        page.context.close()

    assert wrong == []


def visit(page: Page, person: str, axe, *, base: str, folder: Path) -> list[tuple]:
    """Follows every link of a person, one page of each kind; returns what is wrong on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = ["/", "/accounts/signup/"]
    if person != "-":
        enter(page, person, base)
        waiting = ["/", "/admin/"] if person != "li-na" else ["/"]
    seen, wrong = set(), []
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) not in seen:
            seen.add(kind_of(address))
            wrong += look_at(page, address, axe, folder=folder)
            waiting += links_on(page, base)
    return wrong if len(seen) >= 7 else [*wrong, (person, f"reached {len(seen)} pages only")]


_looked_at: set[tuple] = set()
_checked: set[tuple] = set()
PARTS = """() => [...new Set([...document.querySelectorAll("*")].map(
    part => part.tagName + " " + part.className + " "
        + part.getAttributeNames().filter(name => name !== "style").join(" ")
        + " " + (part.getAttribute("role") || "") + " " + (part.textContent.trim() ? 1 : 0)
))].sort().join("\\n")"""


def _told(shape: tuple) -> tuple:
    """What a page says, but for numbers, days and references."""
    width, kind, text = shape
    return width, kind, re.sub(r"\d+", "0", text)


def look_at(page: Page, address: str, axe, *, folder: Path) -> list[tuple]:
    size = folder.name.rpartition("-")[2]
    language = VISITS[size][0]
    answer = page.goto(address)
    name = re.sub(r"\W+", "_", kind_of(address)).strip("_") or "home"
    wrong = [] if answer.status == 200 else [(address, answer.status)]
    # Each must open; one that says what another said already is not looked at again.
    shape = (page.viewport_size["width"], kind_of(address), page.locator("main").inner_text())
    if _told(shape) in _looked_at:
        return wrong
    _looked_at.add(_told(shape))
    if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
        wrong.append((address, "is wider than the window"))
    if page.locator("html").get_attribute("lang") != language:
        wrong.append((address, "is in another language"))
    if language == "zh-hans" and "/api/docs" not in address:
        wrong += [(address, text) for text in english(page)]
    # The same page with the same kinds of parts is checked once, whoever else sees it.
    parts = (page.viewport_size["width"], kind_of(address), page.evaluate(PARTS))
    if parts not in _checked:
        _checked.add(parts)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        try:
            axe(page)
        except AssertionError as found:
            wrong.append((address, str(found)))
    return wrong
