"""A screening in the browser: what failed, many at once, a question asked, and the answer to it."""

import pytest

from grants.screening.services.signals import import_rows
from tests import cast
from tests.browser.conftest import SCREENS
from tests.screening.stage import applied, company, rule, screened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture(params=["desk-en-light", "phone-zh-hans-dark", "desk-zh-hans-light"])
def look(open_page, axe, request):
    """`look(name)` takes a picture of the page and checks it; `look.page` is the page."""
    size, _dash, words = request.param.partition("-")
    language, _dash, scheme = words.rpartition("-")
    page = open_page(size=size, language=language, scheme=scheme)

    def looked(name: str, address: str = "") -> None:
        if address:
            page.goto(address)
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"screening-{name}-{request.param}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        axe(page)

    looked.page = page
    return looked


@pytest.fixture
def cases():
    """One that passes, one of a company and with a low rating, and an officer who looks."""
    ann, bob = applied("ann"), applied("bob", company("bob", 1))
    rule("applicant_kind")
    rule("signal", is_blocking=False)
    rows = [
        {"reference": row.reference, "name": "store-rating", "value": value, "date": "2026-01-01"}
        for row, value in ((ann, "4.5"), (bob, "3.1"))
    ]
    import_rows(rows, by=cast.person("officer"), source="AMOS store")
    screened()
    return ann, bob


def test_officer_screens_many_and_asks_one(look, sign_in, cases):
    ann, bob = cases
    page = look.page
    sign_in(page, "officer")
    look("board", "/admin/screening/round-1/")
    for row in cases:
        page.check(f"[name=case][value={row.reference}]")
    page.click("button[name=verb][value=pass]")
    look("preview")
    page.click("[name=confirmed] ~ .buttons button")
    page.wait_for_selector(".notice-good")
    look("done")

    look("detail", f"/admin/applications/{bob.reference}/")
    page.click("#return summary")
    page.fill("#return [name=reason]", "请补充团队介绍。")
    page.check("#return [value=team]")
    look("asking")
    page.click("#return button[type=submit]")
    page.wait_for_selector(".notice-good")
    look("list", "/admin/applications/?search=App of&columns=project&columns=checks")

    ann.refresh_from_db()
    bob.refresh_from_db()
    assert (ann.state, bob.state) == ("in_review", "returned")
    assert bob.information_requests.get().keys == ["team"]


def test_applicant_reads_what_is_open_again(look, sign_in, cases):
    _ann, bob = cases
    cast.screening.return_for_information(
        bob, by=cast.person("officer"), reason="请补充团队介绍。", questions=["team", "title"]
    )
    sign_in(look.page, "bob")

    look("asked", f"/applications/{bob.reference}/")

    assert look.page.locator(".notice-care li a").count() == 2
