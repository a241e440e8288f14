"""From the open round to a verified receipt, over a question of every kind.

In Chinese at a desk, in English on a phone, and without JavaScript. Pictures lie in
artifacts/screens/ as applying-….png.
"""

import pytest

from grants.applications.models import Application, Submission
from tests import cast
from tests.browser.conftest import SCREENS
from tests.every_kind import round_of_every_kind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

FIELDS = {
    "q-about": "我们做一款离线笔记。 An offline notebook.",
    "q-people-0-name": "李娜",
    "q-budget-0-item": "开发",
    "q-budget-0-amount": "200,000",
    "q-steps-0-title": "公测",
    "q-steps-0-due_on": "2027-03-01",
    "q-steps-0-share": "100",
    "q-address": "https://store.example/app",
}


class Applicant:
    def __init__(self, page, axe, name: str, *, scripts: bool):
        self.page, self.axe, self.name, self.scripts = page, axe, name, scripts
        self.stops = 0

    def look(self) -> None:
        """Keeps a picture; axe, which is a script itself, looks where scripts run."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.stops += 1
        path = SCREENS / f"applying-{self.name}-{self.stops:02d}.png"
        self.page.screenshot(path=path, full_page=True)
        if self.scripts:
            self.axe(self.page)
            wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, self.page.url

    def on(self) -> None:
        """Presses the page's one primary button."""
        self.page.locator("main button.btn-primary").first.click()
        self.page.wait_for_load_state()

    def fill_in(self) -> None:
        """Fills in what the section asks and shows, and goes on."""
        answers = cast.ANSWERS | {"devices": "phone", "listed": "yes"}
        fields = {f"q-{key}": value for key, value in answers.items()} | FIELDS
        for name, value in fields.items():
            if (
                name == "q-address"
                and self.scripts
                and self.page.locator("[name=q-listed]").count()
            ):
                self.page.locator("[name=q-address]").wait_for()  # the answer before opens it
            boxes = self.page.locator(f"main [name='{name}'][value='{value}']:visible")
            field = self.page.locator(f"main [name='{name}']:visible").first
            if boxes.count():
                boxes.first.check()
            elif field.count() and field.get_attribute("type") != "radio":
                field.fill(value)
        if self.page.locator("main [name='q-proposal']").count():
            content = {"name": "计划书.pdf", "mimeType": "application/pdf"}
            content["buffer"] = cast.pdf().read()
            self.page.set_input_files("main [name='q-proposal']", content)
        self.look()
        self.on()


def begin(li: Applicant, round) -> Application:
    """From the public page of the round to the first section."""
    li.page.goto(f"/rounds/{round.slug}/")
    li.look()
    li.page.goto(f"/apply/{round.slug}/")
    li.on()
    li.look()
    case = Application.objects.get()
    li.page.goto(f"/applications/{case.reference}/project/")
    li.page.fill("[name=title]", "星火笔记")
    li.page.fill("[name=requested_amount]", "200000")
    li.on()
    return case


@pytest.mark.parametrize(
    ("size", "language", "scripts"),
    [("desk", "zh-hans", True), ("phone", "en", True), ("desk", "zh-hans", False)],
    ids=["desk-zh", "phone-en", "without-javascript"],
)
def test_application_goes_from_the_round_to_a_verified_receipt(
    open_page, sign_in, axe, request, size, language, scripts
):
    round = round_of_every_kind()
    cast.individual("applicant")
    page = open_page(size=size, language=language, scripts=scripts)
    name = request.node.callspec.id
    sign_in(page, "applicant")
    li = Applicant(page, axe, name, scripts=scripts)

    case = begin(li, round)
    pages = 0
    while "/check/" not in page.url and pages < 8:
        li.fill_in()
        pages += 1
    li.look()
    page.check("main [name=declares]")
    li.on()
    li.look()

    sent = Submission.objects.get()
    kept = sent.content["answers"]
    assert "/receipt/" in page.url
    assert (kept["devices"], kept["address"]) == (["phone"], FIELDS["q-address"])
    assert kept["budget"] == [{"item": "开发", "amount": "200000.00", "note": ""}]
    page.goto(f"/verify/?reference={case.reference}&sha256={sent.sha256}")
    li.look()
    genuine = {"en": "This receipt is genuine", "zh-hans": "此回执真实有效"}
    assert page.get_by_text(genuine[language]).count() == 1
