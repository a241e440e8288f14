"""Organisations, invitations, messages and whose turn it is: they fit, and axe finds nothing."""

import pytest
from django.urls import reverse

from grants.accounts.services import add_member
from grants.accounts.services.invitations import invite
from grants.accounts.services.joining import ask_to_join
from grants.applications.services import documents, drafts, submitting
from grants.licences.services import refuse_licence, upload_licence
from grants.messages.services.writing import write_message
from grants.programs.models import Round
from tests import cast
from tests.browser.conftest import SCREENS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case():
    """A company with everything around it, and an application with a conversation."""
    owner, officer = cast.person(), cast.person("officer")
    company = cast.company()
    for role in ("editor", "viewer", "signatory"):
        add_member(company, by=owner, email=cast.person(role).email, role=role)
    invite(company, by=owner, email="someone.with.a.long.address@company.example", role="viewer")
    ask_to_join(by=cast.person("asker"), credit_code=company.credit_code, note="新来的同事")
    refuse_licence(
        upload_licence(company, cast.pdf("执照.pdf"), by=owner), by=officer, reason="模糊"
    )
    upload_licence(company, cast.pdf("营业执照 2026 正本.pdf"), by=owner)
    round = cast.open_round()
    Round.objects.update(reviews_end_on="2027-02-01", decision_on="2027-03-01")
    application = drafts.start(round, company, by=owner)
    drafts.save_answers(
        application, by=owner, title="星火笔记", requested_amount="200000", answers=cast.ANSWERS
    )
    documents.add_document(application, cast.pdf(), by=owner, question_key="proposal")
    submitting.submit(application, by=owner)
    write_message(application, by=owner, text="请问预算表可以在截止之前再修改吗？\n\n谢谢！")
    write_message(application, by=officer, text="可以，截止之前都可以修改并再次提交。")
    write_message(application, by=owner, text="https://example.com/" + "a" * 120)
    return application


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [("desk", "zh-hans", "light"), ("phone", "en", "light"), ("phone", "zh-hans", "dark")],
)
def test_pages_of_members_fit_and_are_accessible(
    open_page, sign_in, axe, case, size, language, scheme
):
    company = case.organisation
    page = open_page(size=size, language=language, scheme=scheme)
    member = company.memberships.get(role="editor")
    invitation, asked = company.invitations.get(), company.join_requests.get()
    mine = {
        "organisation": reverse("organisation-detail"),
        "new": reverse("organisation-create"),
        "change": reverse("organisation-change", args=[company.pk]),
        "history": reverse("organisation-history", args=[company.pk]),
        "licence": reverse("licence-upload", args=[company.pk]),
        "invite": reverse("member-invite", args=[company.pk]),
        "member": reverse("member-change", args=[member.pk]),
        "join-answer": reverse("join-answer", args=[asked.pk]),
        "join-ask": reverse("join-ask"),
        "invitation": reverse("invitation-answer", args=[invitation.token]),
        "application": reverse("application-detail", args=[case.reference]),
        "messages": reverse("message-list", args=[case.reference]),
    }
    desk = {
        "desk-messages": reverse("admin:conversation-list"),
        "desk-conversation": reverse("admin:conversation-detail", args=[case.reference]),
        "desk-organisation": reverse("admin:organisation-detail", args=[company.pk]),
        "desk-application": reverse("admin:application-detail", args=[case.reference]),
    }
    for handle, pages in (("applicant", mine), ("officer", desk)):
        page.context.clear_cookies(name="sessionid")
        sign_in(page, handle)
        for name, address in pages.items():
            assert page.goto(address).status == 200, name
            SCREENS.mkdir(parents=True, exist_ok=True)
            path = SCREENS / f"joining-{name}-{size}-{language}-{scheme}.png"
            page.screenshot(path=path, full_page=True)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, (name, wider)
            axe(page)


def test_company_and_individual_are_asked_for_their_own_numbers(open_page, sign_in):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(reverse("organisation-create"))
    code, number = page.locator("[name=credit_code]"), page.locator("[name=identity_number]")
    assert (code.is_visible(), number.is_visible()) == (True, False)

    page.check("[value=individual]")

    assert (code.is_visible(), number.is_visible()) == (False, True)


def test_second_person_of_a_company_finds_the_way_without_scripts(open_page, sign_in):
    company = cast.company("owner")
    page = open_page(language="en", scripts=False)
    sign_in(page, "asker")
    page.goto(reverse("organisation-create"))
    page.fill("[name=name]", "x")
    page.fill("[name=credit_code]", company.credit_code)
    page.click("main button[type=submit]")

    page.click("text=Ask to join")
    assert page.input_value("[name=credit_code]") == company.credit_code
    page.click("main button[type=submit]")

    assert company.join_requests.get().user == cast.person("asker")
    assert page.locator("text=You asked to join").is_visible() is True
