"""What the tests of setting up share: forms as they stand in HTML, and what a refusal leaves."""

from html import unescape

from bs4 import BeautifulSoup, SoupStrainer
from django.contrib.messages import get_messages
from django.test import Client

from grants.events.models import Event
from grants.ledger.models import LedgerAccount
from grants.programs.models import (
    Criterion,
    Fund,
    PlannedMilestone,
    Program,
    Question,
    Round,
    Section,
)

LONG = "x" * 1000
CRITERION = {
    "position": "1",
    "key": "k",
    "label_zh": "标准",
    "label_en": "K",
    "weight": "60",
    "scale": "5",
}
MILESTONE = {
    "position": "1",
    "title_zh": "一",
    "title_en": "M",
    "share": "100",
    "due_after_days": "30",
}


def filled(response, **changes) -> dict:
    """The largest form on the page, as a browser would send it, with `changes`; None takes out."""
    page = BeautifulSoup(response.content, "html.parser", parse_only=SoupStrainer("form"))
    fields = max((_fields(form) for form in page.find_all("form")), key=len) | changes
    return {name: value for name, value in fields.items() if value is not None}


def _fields(form) -> dict:
    fields = {}
    for control in form.find_all(["input", "select", "textarea"]):
        name, kind = control.get("name"), control.get("type", control.name)
        if kind == "select":
            options = control.find_all("option")
            chosen = [option for option in options if option.has_attr("selected")] or options
            fields[name] = chosen[0].get("value", "")
        elif kind == "textarea":
            fields[name] = control.get_text().removeprefix("\r").removeprefix("\n")
        elif kind not in ("checkbox", "submit"):
            fields[name] = control.get("value", "")
        elif control.has_attr("checked"):
            fields.setdefault(name, []).append(control.get("value", "on"))
    return fields


def submit(browser: Client, url: str, changes: dict):
    """Opens the page, changes its form and sends it."""
    return browser.post(url, filled(browser.get(url), **changes), headers={"Referer": url})


def rows(prefix: str, *added: dict, start: int = 0) -> dict:
    """The fields of rows that are added to a table on a page, after `start` others."""
    fields = {f"{prefix}-TOTAL_FORMS": str(start + len(added))}
    for number, row in enumerate(added, start=start):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


def wrong(response) -> dict:
    """All errors of a stock page by field, those of its tables by `<table>-<row>-<field>`."""
    errors = dict(response.context["adminform"].form.errors)
    for table in response.context["inline_admin_formsets"]:
        formset = table.formset
        for form in formset.forms:
            errors |= {f"{form.prefix}-{field}": texts for field, texts in form.errors.items()}
        if formset.non_form_errors():
            errors[formset.prefix] = formset.non_form_errors()
    return {field: list(texts) for field, texts in errors.items()}


def counts() -> list[int]:
    """How many there are of everything that is set up, of the books and of their events."""
    models = (Fund, Program, Round, Section, Question, Criterion, PlannedMilestone)
    told = Event.objects.filter(thing_type__in=["fund", "program", "round"]).count()
    return [model.objects.count() for model in (*models, LedgerAccount)] + [told]


def assert_refused(response, typed: dict, errors: dict, before: list[int]) -> None:
    """The page is shown again with these errors in words and what was typed; nothing was made."""
    shown, words = filled(response), unescape(response.content.decode())
    assert (response.status_code, wrong(response)) == (200, errors)
    assert [text for texts in errors.values() for text in texts if text not in words] == []
    assert {name: shown.get(name) for name in typed} == typed
    assert counts() == before


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def more_rounds(first: Round, count: int) -> list[Round]:
    """Many rounds like one that was really made: for counting queries."""
    columns = (
        "program", "title_zh", "title_en", "summary_zh", "summary_en", "opens_at", "closes_at",
        "budget", "award_min", "award_max", "state",
    )  # fmt: skip
    same = {column: getattr(first, column) for column in columns}
    return Round.objects.bulk_create(Round(slug=f"more-{n}", **same) for n in range(count))
