"""One grant in headless Chromium, in Chinese; axe looks at each page, a picture is kept of it.

The pictures lie in artifacts/screens/ as way-01-….png.
"""

import itertools

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext

from grants.applications.models import Application
from grants.payouts.models import Payee, Payout
from grants.tasks import pay, tell
from tests import cast
from tests.browser.conftest import SCREENS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]


class Walk:
    """One person's window. Every stop is checked for English words, width, and accessibility."""

    numbers = itertools.count(1)

    def __init__(self, page, axe):
        self.page, self.axe = page, axe

    def go(self, path: str) -> "Walk":
        self.page.goto(path)
        return self

    def fill(self, **fields: str) -> "Walk":
        for name, value in fields.items():
            self.page.fill(f"main [name='{name}']", value)
        return self

    def choose(self, **fields: str) -> "Walk":
        for name, value in fields.items():
            self.page.check(f"main [name='{name}'][value='{value}']")
        return self

    def attach(self, name: str, file: str) -> "Walk":
        upload = cast.pdf(file)
        content = {"name": file, "mimeType": "application/pdf", "buffer": upload.read()}
        self.page.set_input_files(f"main [name='{name}']", content)
        return self

    def press(self, words: str, context: str = "") -> "Walk":
        """Presses the button that has these English words, in Chinese."""
        name = pgettext(context, words) if context else gettext(words)
        self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        return self

    def unfold(self, words: str) -> "Walk":
        self.page.locator("main summary", has_text=gettext(words)).first.click()
        return self

    def look(self, name: str) -> "Walk":
        """Keeps the picture; fails with what axe finds and where the page is too wide."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        number = next(self.numbers)
        self.page.screenshot(path=SCREENS / f"way-{number:02d}-{name}.png", full_page=True)
        self.axe(self.page)
        wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, (name, wider)
        return self

    def says(self, words: str) -> "Walk":
        self.page.locator("main").get_by_text(words).first.wait_for()
        return self


@pytest.fixture
def walk(open_page, sign_in, axe):
    def begun(handle: str, **window) -> Walk:
        page = open_page(**window)
        sign_in(page, handle)
        return Walk(page, axe)

    return begun


def apply(li: Walk) -> str:
    li.go("/").look("home").go("/rounds/round-1/").look("round")
    li.go("/organisation/new/").choose(kind="individual")
    li.fill(name="Li Na", identity_number=cast.identity_number("li")).press("Register")
    li.go("/apply/round-1/").look("apply").press("Begin or continue")
    reference = Application.objects.get().reference
    case = f"/applications/{reference}/"
    li.look("task-list").go(f"{case}project/")
    li.fill(title="星火笔记", requested_amount="200000").press("Save and continue")
    answers = cast.ANSWERS
    li.go(f"{case}sections/1/").look("section-empty").fill(**{"q-team_size": "两个"})
    li.press("Save and continue").look("section-wrong")
    li.fill(**{f"q-{key}": answers[key] for key in ("team", "team_size", "launch_on")})
    li.choose(**{f"q-{key}": answers[key] for key in ("category", "ready")}).press(
        "Save and continue"
    )
    li.fill(**{"q-plan": answers["plan"]}).attach("q-proposal", "计划书.pdf").look("section-file")
    li.press("Save and continue").go(f"{case}check/").look("check")
    li.page.check("main [name=declares]")
    li.press("Submit").look("receipt")
    return reference


def review_and_decide(walk, reference: str) -> None:
    reviewer = walk("reviewer")
    officer = walk("officer").go("/admin/").look("desk-officer")
    officer.go("/admin/rounds/round-1/").look("desk-round").go("/admin/rounds/round-1/close/")
    officer.press("Close the round")
    case = f"/admin/applications/{reference}/"
    officer.go(case).look("desk-application").press("Pass to review")
    officer.choose(reviewers=str(cast.person("reviewer").pk)).press("Ask", "reviewers")
    reviewer.go("/admin/").look("desk-reviewer")
    review = cast.person("reviewer").assignments.get().review
    reviewer.go(f"/admin/reviews/{review.pk}/").press(
        "I have no conflict of interest and will review it"
    )
    reviewer.fill(score_value="4.5", score_team="4", comment="需求真实，方案务实。")
    reviewer.choose(recommendation="fund", confidence="2").look("desk-review").press(
        "Submit the review"
    )
    officer.go(case).choose(outcome="award").fill(amount="100000", reasons="评审意见一致。")
    officer.look("desk-propose").press("Propose")
    decision = Application.objects.get().decisions.get()
    approver = walk("approver").go("/admin/").look("desk-approver")
    approver.go(f"/admin/decisions/{decision.pk}/").look("desk-decision").press("Confirm")
    approver.press("Release to the applicant").look("desk-decided")


def reach(walk, li: Walk, reference: str) -> None:
    case = f"/applications/{reference}/"
    li.go(case).look("award-offered").go(f"{case}award/accept/").look("award-accept")
    li.press("I accept in the name of the organisation").look("award-accepted")
    li.go("/organisation/").look("organisation")
    organisation = cast.person("applicant").memberships.get().organisation_id
    li.go(f"/organisation/{organisation}/payee/").choose(kind="bank")
    li.fill(holder_name="Li Na", account="6222021234567890128", bank_name="工商银行杭州分行")
    li.fill(cnaps_code="102100099996").look("payee").press("Send for verification")
    controller = walk("controller").go("/admin/").look("desk-controller")
    controller.go(f"/admin/payees/{Payee.objects.get().pk}/").unfold("Verify the account")
    controller.fill(proof="核对开户证明").look("desk-payee").press("Verify the account")
    li.go(f"{case}milestones/1/").fill(report="内测版已交付。").attach("file", "报告.pdf")
    li.look("milestone").press("Send the report")
    milestone = Application.objects.get().award.milestones.get(number=1)
    officer = walk("officer").go(f"/admin/milestones/{milestone.pk}/").look("desk-milestone")
    officer.unfold("Accept the report").press("Accept the report").look("desk-milestone-accepted")


def pay_out(walk, li: Walk, reference: str) -> None:
    finance = walk("finance").go("/admin/").look("desk-finance").go("/admin/due/")
    finance.page.check("main [name=payout]")
    finance.look("desk-due").press("Make a batch of the ticked ones").look("desk-batch").press(
        "Submit for approval"
    )
    controller = walk("controller").go(finance.page.url).look("desk-batch-approve")
    controller.press("Approve").press("Release: send the money").look("desk-batch-released")
    pay()
    tell()
    assert Payout.objects.get().state == "paid"
    finance.go(f"/admin/payouts/{Payout.objects.get().reference}/").look("desk-payout")
    finance.go("/admin/reports/payouts/").says("¥30,000.00").look("desk-report")
    walk("auditor").go("/admin/ledger/").look("desk-ledger").go("/admin/events/").look(
        "desk-events"
    )
    walk("administrator").go("/admin/mails/").look("desk-mails")
    li.go(f"/applications/{reference}/").says("已付款").look("paid")
    walk("applicant", size="phone").go(f"/applications/{reference}/").look("paid-phone")


def test_grant_goes_its_whole_way_in_a_browser(walk, gateway):
    with translation.override("zh-hans"):
        cast.open_round()
        li = walk("applicant")
        reference = apply(li)
        review_and_decide(walk, reference)
        reach(walk, li, reference)
        pay_out(walk, li, reference)
