"""A round from nothing: everything is made with the forms of the desk, as they stand in HTML."""

from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.ledger.models import LedgerAccount
from grants.programs.models import Question, QuestionKind, Round, Section
from tests import cast
from tests.admin.form_building import option_fields
from tests.admin.setting_up import CRITERION, MILESTONE, rows, said, submit

pytestmark = pytest.mark.django_db

STOCK = "/admin/grants/"
NAMES = {"name_zh": "未来", "name_en": "Future"}


def link(response, words: str) -> str:
    """Where the link or button with these words leads."""
    page = BeautifulSoup(response.content, "html.parser")
    [found] = [a["href"] for a in page.find_all("a") if a.get_text(strip=True) == words]
    return found


def make_round(officer: Client) -> str:
    """The address of the round's page."""
    opens, closes = (timezone.localdate() + timedelta(days=days) for days in (-1, 30))
    submit(officer, f"{STOCK}fund/add/", NAMES | {"slug": "future", "capital": "5000000.00"})
    [fund] = options(officer, f"{STOCK}program/add/", "fund")
    submit(officer, f"{STOCK}program/add/", NAMES | {"slug": "apps", "fund": fund})
    new = link(officer.get("/admin/rounds/"), "New round")
    [program] = options(officer, new, "program")
    words = {
        "program": program,
        "slug": "spring",
        "title_zh": "春季",
        "title_en": "Spring",
        "summary_zh": "简介",
        "summary_en": "For new apps.",
        "opens_at_0": opens.isoformat(),
        "opens_at_1": "09:00:00",
        "closes_at_0": closes.isoformat(),
        "closes_at_1": "18:00:00",
        "budget": "1000000.00",
        "award_min": "1000.00",
        "award_max": "500000.00",
    }
    parts = rows("criteria", CRITERION, CRITERION | {"key": "l", "weight": "40"})
    parts |= rows("planned_milestones", MILESTONE | {"share": "30"}, MILESTONE | {"share": "70"})
    return submit(officer, new, words | parts).url


def options(browser: Client, url: str, field: str) -> list[str]:
    page = BeautifulSoup(browser.get(url).content, "html.parser")
    return [o["value"] for o in page.select(f"select[name={field}] option") if o["value"]]


def add_section(officer: Client) -> None:
    """A section with a question of each kind, as the form builder offers them."""
    section = {"title_zh": "全部", "title_en": "Everything"}
    submit(officer, reverse("admin:section-add", args=["spring"]), section)
    [pk] = Section.objects.values_list("pk", flat=True)
    options = option_fields(("甲", "A", ""))
    for kind in QuestionKind.values:
        words = {"label_zh": f"问题 {kind}", "label_en": f"Question {kind}"}
        url = f"{reverse('admin:question-add', args=['spring', pk])}?kind={kind}"
        submit(officer, url, words | (options if "choice" in kind else {}))
    group = Question.objects.get(kind="group")
    url = f"{reverse('admin:column-add', args=['spring', group.pk])}?kind=date"
    submit(officer, url, {"label_zh": "日期", "label_en": "Day"})


def test_officer_makes_a_round_from_nothing_and_an_applicant_finds_it(at_desk):
    officer, applicant = at_desk("officer"), at_desk("applicant")

    page = make_round(officer)
    assert officer.get(page).context["missing"] == ["The form has no questions yet."]
    assert list(applicant.get("/").context["open_rounds"]) == []
    add_section(officer)
    assert officer.get(page).context["missing"] == []
    opened = submit(officer, link(officer.get(page), "Open"), {})

    round = Round.objects.get()
    assert (opened.url, said(opened)) == (page, ["“Spring” is now: Open."])
    assert list(applicant.get("/").context["open_rounds"]) == [round]
    assert reverse("round-detail", args=["spring"]) in applicant.get("/").content.decode()
    shown = applicant.get(reverse("round-detail", args=["spring"])).context
    [section] = shown["sections"]
    assert [question.kind for question in section.questions.all()] == QuestionKind.values
    assert [share for _criterion, share in shown["criteria"]] == [60, 40]
    assert [row.share for row in shown["milestones"]] == [30, 70]
    balances = LedgerAccount.objects.values_list("place", "owner", "balance")
    assert sorted(balances) == [
        ("allocated", "spring", Decimal("1000000.00")),
        ("available", "future", Decimal("4000000.00")),
        ("capital", "future", Decimal("-5000000.00")),
    ]
    assert cast.draft(round=round).round == round
