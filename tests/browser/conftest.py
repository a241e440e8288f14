"""A real browser on a real server. What a test saw lies in artifacts/screens/ afterwards."""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests import cast

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENS = ROOT / "artifacts" / "screens"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is wrong comes back: all that passed is large, and takes long to write down.
ASK_AXE = """rules => axe.run(
    document, {runOnly: rules, resultTypes: ["violations"], preload: false}
).then(found => found.violations)"""
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
SIZES = {"desk": {"width": 1280, "height": 860}, "phone": {"width": 375, "height": 740}}


def chromium() -> str:
    """The machine's browser; CHROMIUM names another one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("No chromium on this machine: apt-get install chromium, or set CHROMIUM.")
    return found


_running: list[Browser] = []


@pytest.fixture(scope="session")
def browser():
    # Playwright keeps an event loop in this thread; Django would take it for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if _running:  # the flows have the fixture too, and one thread has one Playwright
        yield _running[0]
        return
    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(
            executable_path=chromium(), args=[*ARGUMENTS, "--no-first-run"]
        )
        _running.append(engine)
        yield engine
        _running.clear()
        engine.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of this test had to complain about in the console."""
    return []


@pytest.fixture
def open_page(browser: Browser, live_server, request, complaints: list[str]):
    """`open_page(size="phone", language="en", scheme="dark", scripts=False)` → a page.

    A violation of the content security policy or an error of a script fails the test.
    """
    contexts = []

    def opened(*, size="desk", language="zh-hans", scheme="light", scripts=True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=SIZES[size],
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="en-GB" if language == "en" else "zh-CN",
        )
        contexts.append(context)
        name = settings.LANGUAGE_COOKIE_NAME
        context.add_cookies([{"name": name, "value": language, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        return page

    yield opened
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=_screen(f"{request.node.name}-{number}"), full_page=True)
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page) -> Page:
    return open_page()


@pytest.fixture
def sign_in():
    """`sign_in(page, "officer")`: as somebody of the cast, through the page."""

    def signed(page: Page, handle: str) -> None:
        from allauth.account.models import EmailAddress

        user = cast.person(handle)
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        page.goto("/accounts/login/")
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", cast.PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    return signed


@pytest.fixture
def axe(complaints: list[str]):
    """`axe(page)` fails with every accessibility problem of the page as it stands."""

    def check(page: Page) -> None:
        before = len(complaints)
        page.evaluate(AXE.read_text())
        found = page.evaluate(ASK_AXE, RULES)
        # The checker itself tries inline styles; what it complains about is not ours.
        del complaints[before:]
        assert [
            (rule["id"], rule["help"], [node["html"] for node in rule["nodes"]]) for rule in found
        ] == []

    return check


def _note(message, complaints: list[str]) -> None:
    refused = "Content Security Policy" in message.text
    if refused or (message.type == "error" and "Failed to load resource" not in message.text):
        complaints.append(message.text)


def _screen(name: str) -> Path:
    SCREENS.mkdir(parents=True, exist_ok=True)
    return SCREENS / (re.sub(r"[^\w.-]+", "_", name) + ".png")
