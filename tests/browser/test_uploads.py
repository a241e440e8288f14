"""Files in a real browser: sent as they are chosen, through a lost connection and a reload."""

import pytest
from playwright.sync_api import Page, expect

from grants.applications.models import Document, Upload
from grants.applications.services.scanning import scan_waiting
from tests import cast
from tests.applications.clamd import daemon

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("uploads")]
MIB = 1024 * 1024
BIG = b"%PDF-1.4\n" + b"x" * (9 * MIB) + b"\n%%EOF"


def file(name: str = "计划书.pdf", content: bytes = BIG) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def width_that_scrolls(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.fixture
def application():
    return cast.draft("applicant")


def section(application) -> str:
    return f"/applications/{application.reference}/sections/2/"


def choose(page: Page, *files: dict) -> None:
    page.set_input_files("main input[type=file]", list(files))


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_file_is_sent_as_it_is_chosen(open_page, sign_in, axe, application, size, language):
    page = open_page(size=size, language=language)
    sign_in(page, "applicant")
    page.goto(section(application))
    page.fill("[name=q-plan]", "星火")

    choose(page, file(), file("b.pdf", cast.pdf().read()))

    expect(page.get_by_role("link", name="计划书.pdf", exact=True)).to_be_visible()
    assert page.input_value("[name=q-plan]") == "星火"
    assert page.input_value("main input[type=file]") == ""
    expect(page.locator(".file-list a[target]")).to_have_count(2)
    assert width_that_scrolls(page) <= 0
    axe(page)
    assert {(row.name, row.size) for row in Document.objects.all()} == {
        ("计划书.pdf", len(BIG)),
        ("b.pdf", len(cast.pdf().read())),
    }


def test_upload_goes_on_after_the_connection_was_lost(open_page, sign_in, application):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(application))
    pieces = []

    def lose_the_second(route):
        pieces.append(route.request.headers["upload-offset"])
        if len(pieces) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(
        "**/api/v1/uploads/*/",
        lambda route: (
            lose_the_second(route) if route.request.method == "PATCH" else route.continue_()
        ),
    )
    choose(page, file())

    page.wait_for_selector(".file-list a[target]")
    assert pieces == ["0", str(4 * MIB), str(4 * MIB), str(8 * MIB)]
    assert Document.objects.get().size == len(BIG)


def test_upload_goes_on_after_a_reload(open_page, sign_in, axe, application, tmp_path):
    path = tmp_path / "计划书.pdf"
    path.write_bytes(BIG)
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(application))
    offsets = []
    page.on("dialog", lambda dialog: dialog.accept())

    def only_the_first(route):
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
            if len(offsets) > 1:
                route.abort("internetdisconnected")
                return
        route.continue_()

    page.route("**/api/v1/uploads/*/", only_the_first)
    page.set_input_files("main input[type=file]", path)
    expect(page.locator("[data-sending-list]")).to_contain_text("The connection was lost")
    page.unroute("**/api/v1/uploads/*/")
    page.evaluate("addEventListener('beforeunload', e => e.stopImmediatePropagation(), true)")
    page.goto(section(application))
    expect(page.locator("[data-upload]")).to_contain_text("44 % have arrived")
    axe(page)
    page.screenshot(path="artifacts/screens/upload-half.png", full_page=True)

    page.set_input_files("main input[type=file]", path)

    page.wait_for_selector(".file-list a[target]")
    assert (Document.objects.get().size, Upload.objects.count()) == (len(BIG), 0)


def test_refused_file_says_why_and_the_page_is_not_left(open_page, sign_in, axe, application):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(application))

    choose(page, file("plan.pdf", b"<html></html>"), file("big.pdf", b"%PDF-1.4" + bytes(21 * MIB)))

    expect(page.locator(".file-refused")).to_have_count(2)
    expect(page.locator(".file-refused").first).to_contain_text("not what its name says")
    expect(page.locator(".file-refused").last).to_contain_text("This file is too large.")
    axe(page)
    page.locator(".file-refused button").first.click()
    expect(page.locator(".file-refused")).to_have_count(1)
    assert (Document.objects.count(), Upload.objects.count()) == (0, 0)


def test_saving_waits_for_files_on_their_way(open_page, sign_in, application):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(application))
    page.fill("[name=q-plan]", "Notes.")

    choose(page, file())
    page.click("main form button.btn-primary")

    page.wait_for_url("**/check/")
    application.refresh_from_db()
    assert (application.answers["plan"], Document.objects.get().size) == ("Notes.", len(BIG))


def test_without_scripts_the_form_sends_the_file(open_page, sign_in, application):
    page = open_page(scripts=False)
    sign_in(page, "applicant")
    page.goto(section(application))

    choose(page, file())
    page.click("main form button.btn-primary")

    assert Document.objects.get().size == len(BIG)


def test_scanned_file_becomes_clean_on_the_page(open_page, sign_in, axe, application, settings):
    with daemon() as (url, _running):
        settings.CLAMAV_URL = url
        page = open_page(language="en")
        sign_in(page, "applicant")
        page.goto(section(application))
        choose(page, file("a.pdf", cast.pdf().read()))
        expect(page.locator(".file-list .chip")).to_have_text("Being scanned")
        axe(page)

        scan_waiting()

        page.wait_for_selector(".file-list a[target]")
        expect(page.locator(".file-list .chip")).to_have_count(0)
