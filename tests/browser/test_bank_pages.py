"""From a bank file to a closed day in the browser; pictures lie in artifacts/screens/."""

import pytest
from django.conf import settings
from django.test import Client

from grants.payouts.models import ClosedDay, Payout, PayoutBatch, StatementLine
from tests import cast
from tests.browser.conftest import SCREENS
from tests.payouts.banking import by_file, debit, due, statement, yesterday
from tests.payouts.rails.bank.files import entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


class Visit:
    """Somebody at the desk whose pages are looked at."""

    def __init__(self, page, axe, base: str, name: str):
        self.page, self.axe, self.base, self.name = page, axe, base, name
        SCREENS.mkdir(parents=True, exist_ok=True)

    def enter(self, who: str) -> None:
        browser = Client()
        browser.force_login(cast.person(who))
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": browser.cookies[name].value, "url": self.base}
        self.page.context.add_cookies([cookie])

    def look(self, address: str, name: str) -> None:
        self.page.goto(address)
        self.page.screenshot(path=SCREENS / f"bank-{name}-{self.name}.png", full_page=True)
        width = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, address
        self.axe(self.page)

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()


@pytest.fixture(params=["desk-en-light", "phone-zh-hans-dark", "desk-zh-hans-light"])
def visit(open_page, axe, live_server, request) -> Visit:
    size, _dash, words = request.param.partition("-")
    language, _dash, scheme = words.rpartition("-")
    page = open_page(size=size, language=language, scheme=scheme)
    return Visit(page, axe, live_server.url, request.param)


def test_bank_file_comes_back_as_a_statement(visit, tmp_path):
    ann, bob, _late = due("ann", "bob", "late")
    by_file(ann, bob)
    first, second = PayoutBatch.objects.get().attempts.select_related("payout").order_by("pk")
    unsure = debit(second, number="NOTPROVIDED", name="Bob")
    file = tmp_path / "statement.xml"
    file.write_bytes(statement(debit(first), unsure, entry("-5.00", day=str(yesterday()))))
    visit.enter("finance")

    take_the_file(visit)
    visit.look("/admin/statements/", "upload")
    visit.page.set_input_files("input[type=file]", file)
    visit.press("main form[enctype] button")
    visit.look(visit.page.url, "statement")
    visit.look("/admin/statements/", "statements")
    match_the_rest(visit)
    visit.enter("controller")
    visit.look("/admin/days/", "days")
    visit.press("form[action$='/close/'] button")
    visit.look("/admin/days/", "closed")

    states = Payout.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["paid", "paid", "due"]
    assert ClosedDay.objects.get().day == yesterday()


def take_the_file(visit: Visit) -> None:
    batch = PayoutBatch.objects.get()
    visit.look("/admin/due/", "due")
    visit.look(f"/admin/batches/{batch.reference}/", "batch")
    with visit.page.expect_download() as download:
        visit.page.locator("form[action$='/files/pain001/'] button").click()
    assert download.value.suggested_filename == f"{batch.reference}.xml"


def match_the_rest(visit: Visit) -> None:
    visit.look("/admin/bank-lines/", "lines")
    visit.look(f"/admin/bank-lines/{StatementLine.objects.get(holder_name='Bob').pk}/", "line")
    visit.press("tbody form button")
    visit.look(visit.page.url, "matched")
    visit.page.goto(f"/admin/bank-lines/{StatementLine.objects.get(state='open').pk}/")
    visit.press("details#set_aside summary")
    visit.page.fill("details#set_aside textarea", "fee")
    visit.press("details#set_aside button")
