"""One grant from sign-up to the payout report, through the pages alone."""

import csv
import io
import re

import openpyxl
import pytest
from django.utils import translation

from grants.accounts.models import User
from grants.applications.models import Application
from grants.notifications.models import Notification
from grants.payouts.checks import check_books
from grants.payouts.models import Payee, Payout
from grants.tasks import pay, tell
from tests import cast
from tests.flows.visitor import Visitor, words

pytestmark = pytest.mark.django_db(transaction=True)
PDF = ("plan.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF", "application/pdf")
CREDIT_CODE = "91330106673959654P"


def visitor(handle: str) -> Visitor:
    from allauth.account.models import EmailAddress

    user = cast.person(handle)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return Visitor(user.email, cast.PASSWORD)


def signed_up(app) -> Visitor:
    """Signs up, reads the mail, confirms the address, signs in."""
    app.set_cookie("django_language", "en")
    form = Visitor.form(app.get("/accounts/signup/"), email=...)
    form["email"], form["name"] = "li@test.example", "Li Na"
    form["password1"] = form["password2"] = cast.PASSWORD
    form.submit().follow()
    mail = Notification.objects.get(address="li@test.example")
    link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.text).group(1)
    # Its form has a key that was signed anew: another one, where a second has passed.
    forms = app.get(link).forms.values()
    next(form for form in forms if "/confirm-email/" in form.action).submit()
    return Visitor("li@test.example", cast.PASSWORD)


def applied(li: Visitor) -> str:
    """Registers the company, applies, fills in every page, submits; gives the reference."""
    wrong = li.send("/organisation/new/", kind="company", name="Spark Ltd", credit_code="123")
    assert "This is not a valid unified social credit code" in words(wrong)
    li.send(wrong, kind="company", name="Spark Ltd", credit_code=CREDIT_CODE)
    mine = str(li.user.memberships.get().organisation_id)
    case = li.send("/apply/round-1/", organisation=mine).request.path
    again = li.send("/apply/round-1/", organisation=mine).request.path
    assert again == case
    too_much = li.send(f"{case}project/", title="Spark Notes", requested_amount="9,000,000")
    assert "Ask for an amount between" in words(too_much)
    assert Visitor.form(too_much, title=...)["requested_amount"].value == "9,000,000"
    li.send(too_much, title="Spark Notes", requested_amount="200000")
    answers = cast.ANSWERS
    first = {
        f"q-{key}": answers[key] for key in ("team", "team_size", "category", "ready", "launch_on")
    }
    li.send(f"{case}sections/1/", **first)
    second = {f"q-{key}": answers[key] for key in ("site", "own_funds", "plan")}
    lying = ("plan.pdf", b"MZ\x90\x00 not a PDF", "application/pdf")
    refused = li.send(f"{case}sections/2/", **second, **{"q-proposal": lying})
    assert "This file is not what its name says" in words(refused)
    li.send(f"{case}sections/2/", **second, **{"q-proposal": PDF})
    receipt = li.send(f"{case}check/", declares=True)
    application = Application.objects.get()
    assert application.state == "submitted"
    assert application.latest.sha256 in words(receipt)
    li.send(f"{case}project/", title="Spark Notes 2", requested_amount="200000")
    li.send(f"{case}check/", declares=True)
    assert application.latest.number == 2
    return application.reference


def reviewed(officer: Visitor, reference: str) -> None:
    """Closes the round, screens, assigns two reviewers; both score."""
    officer.send("/admin/rounds/round-1/close/")
    case = f"/admin/applications/{reference}/"
    officer.send(case, "/pass/")
    reviewers = [visitor("reviewer"), visitor("reviewer2")]
    page = officer.open(case)
    form = Visitor.form(page, "/assign/")
    for box in form.fields["reviewers"]:
        box.checked = box._value in {str(each.user.pk) for each in reviewers}
    form.submit().follow()
    for reviewer, (value, team) in zip(reviewers, (("4", "3"), ("5", "4")), strict=True):
        assert reviewer.open(f"/admin/applications/{reference}/", status=[403, 404])
        review = reviewer.user.assignments.get().review
        address = f"/admin/reviews/{review.pk}/"
        reviewer.send(address, "/accept/")
        unfinished = reviewer.send(address, button="send", score_value=value)
        assert "Give a score." in words(unfinished)
        marks = {"score_value": value, "score_team": team, "recommendation": "fund"}
        reviewer.send(unfinished, button="send", comment="Good.", confidence="2", **marks)
        review.refresh_from_db()
        assert review.state == "submitted"
    # (4/5·60 + 3/5·40) and (5/5·60 + 4/5·40), of 100: 72 and 92
    assert "82.00" in words(officer.open(case))


def decided(officer: Visitor, approver: Visitor, reference: str) -> None:
    case = f"/admin/applications/{reference}/"
    proposal = {"outcome": "award", "reasons": "Good.", "feedback": "Well done."}
    officer.send(case, "/propose/", amount="100000", **proposal)
    decision = Application.objects.get().decisions.get()
    address = f"/admin/decisions/{decision.pk}/"
    officer.app.post(
        f"{address}confirm/",
        {"csrfmiddlewaretoken": officer.app.cookies["csrftoken"]},
        status=403,
    )
    approver.send(address, "/confirm/")
    approver.send(address, "/release/")


def grown(li: Visitor, officer: Visitor, controller: Visitor, reference: str) -> None:
    """The award is accepted, the payee named and verified, the first milestone accepted."""
    case = f"/applications/{reference}/"
    li.send(f"{case}award/accept/")
    account = {"kind": "bank", "holder_name": "Spark Ltd", "bank_name": "ICBC Hangzhou"}
    payee = f"/organisation/{li.user.memberships.get().organisation_id}/payee/"
    wrong = li.send(payee, account="6222021234567890128", cnaps_code="102100099990", **account)
    assert "This is not a valid CNAPS code" in words(wrong)
    li.send(wrong, account="6222021234567890128", cnaps_code="102100099996", **account)
    controller.send(f"/admin/payees/{Payee.objects.get().pk}/", "/verify/", proof="letter")
    empty = li.send(f"{case}milestones/1/", report="")
    assert "Describe what was reached" in words(empty)
    li.send(empty, report="The beta is out.", file=PDF)
    milestone = Application.objects.get().award.milestones.get(number=1)
    officer.send(f"/admin/milestones/{milestone.pk}/", "/return/", answer="Which version?")
    li.send(f"{case}milestones/1/", report="The beta 1.2 is out.", file=PDF)
    officer.send(f"/admin/milestones/{milestone.pk}/", "/accept/")


def disbursed(finance: Visitor, controller: Visitor) -> None:
    """Batched by one, approved and released by another; sent by the worker's task."""
    page = finance.open("/admin/due/")
    form = Visitor.form(page, payout=...)
    form.fields["payout"][0].checked = True
    batch = form.submit().follow().request.path
    finance.send(batch, "/submit/")
    controller.send(batch, "/approve/")
    controller.send(batch, "/release/")
    pay()


def reported(finance: Visitor, auditor: Visitor, payout: Payout) -> None:
    """The report says what was paid, on the page and as files; the books agree."""
    report = "/admin/reports/payouts/"
    assert "¥30,000.00" in words(finance.open(report))
    page = finance.open(f"{report}?state=paid")
    files = {}
    for form in page.forms.values():
        if form.action.endswith("/export/"):
            answer = form.submit("format")
            files[answer.content_disposition.rpartition(".")[2].strip('"')] = answer.body
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert [(row["Payout"], row["Net"]) for row in rows] == [(payout.reference, "30000.00")]
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active
    assert payout.reference in [cell.value for cell in sheet["A"]]
    assert "balance" in words(auditor.send("/admin/ledger/", "/check/")).lower()
    assert check_books().differences == []


def test_grant_goes_its_whole_way_by_pages(django_app, gateway):
    with translation.override("en"):
        li = signed_up(django_app)
        officer, approver = visitor("officer"), visitor("approver")
        finance, controller, auditor = (
            visitor(handle) for handle in ("finance", "controller", "auditor")
        )
        cast.open_round()
        reference = applied(li)
        reviewed(officer, reference)
        decided(officer, approver, reference)
        assert "Well done." in words(li.open(f"/applications/{reference}/"))
        grown(li, officer, controller, reference)
        disbursed(finance, controller)
        payout = Payout.objects.get()
        assert (payout.state, payout.net) == ("paid", 30_000)
        assert [row["amount"] for row in gateway.book()["transfers"]] == ["30000.00"]
        assert "Paid" in words(li.open(f"/applications/{reference}/"))
        reported(finance, auditor, payout)
    tell()
    told = set(
        Notification.objects.filter(address="li@test.example", state="sent").values_list(
            "kind", flat=True
        )
    )
    assert told >= {
        "user.confirm",
        "application.submit",
        "decision.release",
        "award.offer",
        "payee.verify",
        "milestone.return",
        "milestone.accept",
        "payout.settle",
    }
    assert User.objects.get(email="li@test.example").roles == frozenset()
