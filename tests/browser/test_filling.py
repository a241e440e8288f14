"""Filling in an application in Chromium: nothing that is typed is lost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from grants.applications.models import Application
from grants.applications.services.drafts import save_answers
from tests import cast, every_kind

pytestmark = pytest.mark.django_db(transaction=True)


def section(application, position: int) -> str:
    return reverse("application-section", args=[application.reference, position])


def stored(application) -> Application:
    return Application.objects.get(pk=application.pk)


@pytest.fixture
def draft():
    return every_kind.draft()


def wait_for_saved(page) -> None:
    page.wait_for_function(
        "() => /^(已保存|Saved) ?\\d\\d:\\d\\d$/.test("
        "document.querySelector('[data-saved-words]').textContent)"
        " && !Object.keys(localStorage).some((name) => name.startsWith('fp-kept:'))",
        timeout=8000,
    )


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_rows_of_every_kind_are_filled_in_and_saved_as_they_are_typed(
    open_page, sign_in, axe, draft, size, language
):
    save_answers(draft, by=cast.person(), requested_amount="30000")
    page = open_page(size=size, language=language)
    sign_in(page, "applicant")
    page.goto(section(draft, 4))

    page.fill("#id_q-people-0-name", "王芳")
    page.click("[data-rows=q-people] [data-add]")
    page.fill("#id_q-people-1-name", "李娜")
    page.fill("#id_q-budget-0-item", "设计")
    page.fill("#id_q-budget-0-amount", "12,000.10")
    page.click("[data-rows=q-budget] [data-add]")
    page.fill("#id_q-budget-1-item", "开发")
    page.fill("#id_q-budget-1-amount", "17999.90")
    page.fill("#id_q-steps-0-title", "公测")
    page.fill("#id_q-steps-0-share", "40")
    total = page.inner_text("[data-rows=q-budget] [data-total-number]")
    verdict = page.get_attribute("[data-rows=q-budget] [data-total-told]", "class")
    wait_for_saved(page)
    axe(page)

    assert (total, verdict) == ("¥30,000.00", "rows-told rows-told-same")
    answers = stored(draft).answers
    assert [row["name"] for row in answers["people"]] == ["王芳", "李娜"]
    assert [row["amount"] for row in answers["budget"]] == ["12000.10", "17999.90"]
    page.click("[data-rows=q-people] [data-drop] >> nth=0")
    wait_for_saved(page)
    assert [row["name"] for row in stored(draft).answers["people"]] == ["李娜"]


def test_question_opens_when_another_is_answered(page, sign_in, draft):
    sign_in(page, "applicant")
    page.goto(section(draft, 3))
    hidden = page.locator("[data-part=address]")
    before = hidden.is_visible()

    page.check("input[name=q-listed][value=yes]")
    hidden.wait_for(state="visible")
    page.fill("#id_q-address", "https://example.com/a")
    page.check("input[name=q-listed][value=no]")
    hidden.wait_for(state="hidden")

    assert before is False
    assert stored(draft).answers["address"] == "https://example.com/a"


def test_words_that_could_not_be_sent_are_offered_again(open_page, sign_in, draft):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(draft, 3))
    page.context.set_offline(True)
    page.fill("#id_q-about", "Notes for everybody.")
    page.wait_for_function(
        "() => document.querySelector('[data-saved-words]').textContent.includes('cannot reach')"
    )
    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)

    sign_in(page, "applicant")
    page.goto(section(draft, 3))
    offered = page.inner_text("[data-offer-words]")
    page.click("[data-offer-take]")
    wait_for_saved(page)

    assert offered == "Notes for everybody."
    assert stored(draft).answers["about"] == "Notes for everybody."


def test_signing_out_forgets_the_words_in_the_browser(open_page, sign_in, draft):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(draft, 3))
    page.route("**/autosave/", lambda route: route.abort())
    page.fill("#id_q-about", "Secret.")
    kept = page.evaluate("Object.keys(localStorage).filter(n => n.startsWith('fp-kept:')).length")

    page.goto("/accounts/logout/")
    page.click("main button[type=submit]")
    page.wait_for_url("**/")

    left = page.evaluate("Object.keys(localStorage).filter(n => n.startsWith('fp-kept:')).length")
    assert (kept, left) == (1, 0)


def test_session_that_ended_while_typing_is_told_and_the_words_come_back(open_page, sign_in, draft):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(draft, 3))
    page.context.clear_cookies(name="sessionid")

    page.fill("#id_q-about", "Typed for an hour.")
    link = page.locator("[data-saved-words] a")
    link.wait_for()
    link.click()
    page.fill("[name=login]", cast.person().email)
    page.fill("[name=password]", cast.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/sections/3/$"))
    page.click("[data-offer-take]")
    wait_for_saved(page)

    assert stored(draft).answers["about"] == "Typed for an hour."


def test_two_editors_are_shown_both_texts_and_asked(open_page, sign_in, axe, draft):
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.goto(section(draft, 3))
    save_answers(stored(draft), by=cast.person(), answers={"about": "From the phone."})

    page.fill("#id_q-about", "From the desk.")
    block = page.locator("[data-conflict=about]")
    block.wait_for()
    text = page.inner_text(".conflict-text")
    untouched = stored(draft).answers["about"]
    axe(page)
    page.check("[name=choose-about][value=mine]")
    block.wait_for(state="detached")

    assert (text, untouched) == ("From the phone.", "From the phone.")
    assert stored(draft).answers["about"] == "From the desk."


def test_form_works_without_javascript(open_page, sign_in, draft):
    page = open_page(language="en", scripts=False, size="phone")
    sign_in(page, "applicant")
    page.goto(section(draft, 4))

    page.fill("#id_q-people-0-name", "Wang Fang")
    page.click("[data-rows=q-people] [data-add]")
    page.fill("#id_q-people-1-name", "Li Na")
    page.click("[data-rows=q-people] [data-drop] >> nth=0")
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_q-budget-0-item", "Typed before the session ended")
    page.click("main .btn-primary")
    page.fill("[name=login]", cast.person().email)
    page.fill("[name=password]", cast.PASSWORD)
    page.click("main button[type=submit]")
    again = page.input_value("#id_q-budget-0-item")
    not_yet = stored(draft).answers.get("budget")
    page.click("main .btn-primary")

    assert (again, not_yet) == ("Typed before the session ended", None)
    answers = stored(draft).answers
    assert [row["name"] for row in answers["people"]] == ["Li Na"]
    assert [row["item"] for row in answers["budget"]] == ["Typed before the session ended"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_last_hours_count_down_and_say_the_rule(open_page, sign_in, axe, language):
    draft = every_kind.draft(
        closes_at=timezone.now() + timedelta(minutes=50, seconds=30), grace_minutes=30
    )
    page = open_page(language=language, size="phone")
    sign_in(page, "applicant")
    without = open_page(language="en", scripts=False)
    sign_in(without, "applicant")

    page.goto(section(draft, 3))
    first = page.inner_text("[data-countdown]")
    page.wait_for_function(
        "first => document.querySelector('[data-countdown]').textContent !== first", arg=first
    )
    without.goto(reverse("application-detail", args=[draft.reference]))
    axe(page)

    assert re.search(r"\b(50|49)\b", first)
    assert re.search(r"^(50|49) minutes left$", without.inner_text("[data-countdown]"))
    assert "30 minutes later" in without.inner_text(".deadline-more")
