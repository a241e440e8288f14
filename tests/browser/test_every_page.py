"""Every page that people of the demo reach by links opens, fits, is accessible, speaks Chinese.

Pictures of all of them lie in artifacts/pages/ afterwards.
"""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import lxml.html
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
    r"\b(AMOS|API|CNY|English|Google|HTTP|JSON|Krippendorff|OpenAPI|SHA-256|UTC|Word)\b|“[a-z][a-z0-9_-]*”"
    r"|\b(CSV|DOCX|JPEG|JPG|MB|PDF|PNG|PPTX|TXT|XLSX)\b"
    r"|\b(camt|pain)\.\d{3}\b|[A-Z]{3}-\d{4}-\d+|[a-z-]+-\d{4}-\d\b|\S+@\S+|https?://\S+|\S+\.(pdf|eml)\b|\b[0-9a-f]{12,}\b|\b[0-9A-Z]{18}\b"
)
TEXTS = """() => {
    const skip = "script, style, noscript, code, pre, kbd, textarea, [lang=en], [class*=_en],"
        + ".field-slug, .field-key, .field-category_question";
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
    path = re.sub(r"(porting|new-apps|pilot|spring)-2026-\d", "0", urlsplit(address).path)
    return re.sub(r"[A-Z]{3}-\d{4}-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b", "0", path)


def english(page: Page) -> list[str]:
    """What a Chinese page says in English."""
    texts = page.evaluate(TEXTS)
    return sorted({text for text in texts if re.search(r"[A-Za-z]{3,}", LATIN.sub("", text))})


def entered(page: Page, person: str, base: str, language: str) -> Client:
    """The person's browser without a window; the page gets the same session."""
    browser = Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if person != "-":
        browser.force_login(User.objects.get(email=f"{person}@demo.example"))
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": browser.cookies[name].value, "url": base}
        page.context.add_cookies([cookie])
    return browser


def read(browser: Client, address: str) -> tuple[int, str, list[str]]:
    """The status of a page, the words of its main part, and the pages that it links to."""
    answer = browser.get(address, follow=True)
    if answer.streaming or not answer["Content-Type"].startswith("text/html"):
        return answer.status_code, "", []
    html = lxml.html.fromstring(answer.content)
    main = html.find(".//main")
    here = answer.request["PATH_INFO"]
    links = [urljoin(here, link.get("href")).partition("#")[0] for link in html.iterfind(".//a")]
    words = "" if main is None else " ".join(main.text_content().split())
    return answer.status_code, words, [link for link in links if is_page(link)]


def is_page(address: str) -> bool:
    return address.startswith("/") and not NOT_PAGES.search(address)


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
    """Follows every link of a person, one page of each kind; returns what is wrong on the way.

    Each must open. One that says what another said already is not looked at in a window again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    language = VISITS[folder.name.rpartition("-")[2]][0]
    browser = entered(page, person, base, language)
    waiting = {"-": ["/", "/accounts/signup/"], "li-na": ["/"]}.get(person, ["/", "/admin/"])
    seen, wrong = set(), []
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        status, words, links = read(browser, address)
        waiting += links
        shape = (folder.name.rpartition("-")[2], kind_of(address), re.sub(r"\d+", "0", words))
        if status != 200:
            wrong.append((address, status))
        elif words and shape not in _looked_at:
            _looked_at.add(shape)
            wrong += look_at(page, address, axe, language=language, folder=folder)
    return wrong if len(seen) >= 7 else [*wrong, (person, f"reached {len(seen)} pages only")]


_looked_at: set[tuple] = set()
_checked: set[tuple] = set()
PARTS = """() => [...new Set([...document.querySelectorAll("*")].map(
    part => part.tagName + " " + part.className + " "
        + part.getAttributeNames().filter(name => name !== "style").join(" ")
        + " " + (part.getAttribute("role") || "") + " " + (part.textContent.trim() ? 1 : 0)
))].sort().join("\\n")"""


def look_at(page: Page, address: str, axe, *, language: str, folder: Path) -> list[tuple]:
    answer = page.goto(address)
    wrong = [] if answer.status == 200 else [(address, answer.status)]
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
        name = re.sub(r"\W+", "_", kind_of(address)).strip("_") or "home"
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        try:
            axe(page)
        except AssertionError as found:
            wrong.append((address, str(found)))
    return wrong
