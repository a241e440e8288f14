"""Lists, rows and tables on the pages that show answers, to the applicant and at the desk."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from grants.applications.models import Application
from grants.applications.services.drafts import save_answers
from grants.applications.services.submitting import submit
from grants.programs.services import close_round
from tests import cast
from tests.forms import question, section, store, when

pytestmark = pytest.mark.django_db
RIGHT = {
    "devices": ["phone", "tablet"],
    "costs": [
        {"item": "=cmd|'/c calc'!A1", "amount": "150000"},
        {"item": "<script>alert(1)</script>", "amount": "50,000.00", "note": "二\n三"},
    ],
    "way": [{"title": "Beta", "due_on": "2027-01-31", "share": "100"}],
    "apps": [
        {
            "package_name": "com.example.a",
            "store_link": "https://store.example.com/a",
            "category": "games",
        }
    ],
}


@pytest.fixture
def application(client) -> Application:
    round = cast.open_round()
    store(
        round.form,
        section(
            1,
            question("devices", "choices"),
            question("costs", "budget"),
            question("way", "plan"),
            question("apps", "app"),
            question("secret", show_when=when("ready", "equals", "yes")),
        ),
    )
    client.force_login(cast.person())
    return cast.complete_draft(round=round)


def page(client, name: str, application: Application) -> str:
    return client.get(reverse(name, args=[application.reference])).content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html))


def test_check_shows_tables_with_totals_and_no_hidden_question(client, application):
    save_answers(application, by=cast.person(), answers=RIGHT | {"secret": "typed before"})

    html = page(client, "application-check", application)

    text = words(html)
    assert "=cmd|&#x27;/c calc&#x27;!A1 ¥150,000.00" in text
    assert "¥150,000.00" in text
    assert "Total ¥200,000.00" in text
    assert "Beta 31 January 2027 100" in text
    assert '<a href="https://store.example.com/a" rel="noopener noreferrer nofollow"' in html
    assert "Games" in text
    assert "Phone" in text
    assert "<script>alert" not in html
    assert "typed before" not in text


def test_check_names_the_wrong_cell_and_links_no_script(client, application):
    wrong = {
        "costs": [{"item": "Tests", "amount": "lots"}],
        "apps": [{"package_name": "com.example.a", "store_link": "javascript:alert(1)"}],
    }
    save_answers(application, by=cast.person(), answers=RIGHT | wrong)

    html = page(client, "application-check", application)

    assert "Row 1, Amount (CNY): Enter a number, such as 12000 or 12,000.50." in words(html)
    assert 'href="javascript' not in html
    assert "lots" in html


def test_receipt_and_desk_show_what_was_frozen(client, application):
    save_answers(application, by=cast.person(), answers=RIGHT)
    submit(application, by=cast.person())
    save_answers(application, by=cast.person(), answers={"ready": "yes", "secret": "later"})
    close_round(application.round, by=cast.person("officer"))

    receipt = words(page(client, "application-receipt", application))
    client.force_login(cast.person("officer"))
    html = client.get(f"/admin/applications/{application.reference}/").content.decode()
    desk = words(html)

    for text in (receipt, desk):
        assert "¥150,000.00" in text
        assert "Total ¥200,000.00" in text
        assert "31 January 2027" in text
        assert "com.example.a" in text
        assert "later" not in text
    assert "<script>alert" not in html
