"""An application is signed, sent and verified in a real browser, on a desk and on a phone."""

import pytest

from grants.accounts.services import add_member
from grants.applications.services.signing import ask_sign_off
from tests import cast
from tests.browser.conftest import SCREENS

pytestmark = pytest.mark.django_db(transaction=True)


class Walk:
    """One person's window; every stop is checked for width and accessibility."""

    def __init__(self, page, axe, size: str):
        self.page, self.axe, self.size = page, axe, size

    def look(self, name: str) -> "Walk":
        self.page.wait_for_load_state()
        SCREENS.mkdir(parents=True, exist_ok=True)
        path = SCREENS / f"sending-{name}-{self.size}.png"
        self.page.screenshot(path=path, full_page=True)
        wider = "document.documentElement.scrollWidth - innerWidth"
        assert self.page.evaluate(wider) <= 0, name
        self.axe(self.page)
        return self

    def go(self, address: str) -> "Walk":
        self.page.goto(address)
        return self

    def press(self) -> "Walk":
        """The one primary button of the page."""
        self.page.click("main .btn-primary")
        return self


@pytest.fixture
def to_sign():
    application = cast.complete_draft(round=cast.open_round(needs_sign_off=True))
    email = cast.person("boss").email
    add_member(application.organisation, by=cast.person(), email=email, role="signatory")
    ask_sign_off(application, by=cast.person())
    return application


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_application_is_signed_sent_and_verified(open_page, sign_in, axe, to_sign, size, language):
    page, reference = open_page(size=size, language=language), to_sign.reference
    walk, case = Walk(page, axe, size), f"/applications/{reference}/"
    sign_in(page, "boss")

    walk.go(f"{case}check/").look("waits").press().look("sign")
    page.check("[name=declares]")
    page.fill("[name=name]", "boss")
    walk.press().look("password")
    page.fill("[name=password]", cast.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/check/")
    walk.look("signed")
    page.check("[name=declares]")
    walk.press().look("receipt")
    sha256 = page.locator(".hash").first.inner_text()
    walk.go(f"{case}submissions/").look("submissions")
    walk.go(f"/verify/?reference={reference}&sha256={sha256}").look("verified")
    assert page.locator(".notice-good").count() == 1
    walk.go(f"/verify/?reference={reference}&sha256={'0' * 64}").look("not-verified")
    assert page.locator(".notice-bad").count() == 1
    walk.go(f"/rounds/{to_sign.round.slug}/").look("round")

    assert to_sign.latest.sha256 == sha256
