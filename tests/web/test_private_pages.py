"""Nothing of a signed-in person stays behind in a cache; public pages of nobody may."""

import pytest
from django.test import Client

from tests import cast

pytestmark = pytest.mark.django_db

NO_STORE = "private, no-store"


@pytest.mark.parametrize(
    "page",
    ["/", "/awards/", "/applications/", "/organisation/", "/organisation/new/", "/nothing/"],
)
def test_page_of_a_person_is_not_stored(client, page):
    client.force_login(cast.person("applicant"))

    assert client.get(page)["Cache-Control"] == NO_STORE


def test_pages_of_a_case_are_not_stored(client):
    application = cast.complete_draft()
    client.force_login(cast.person("applicant"))
    case = f"/applications/{application.reference}/"
    pages = ["", "project/", "sections/1/", "check/", "withdraw/", f"../{'x' * 5}/"]

    stored = {page: client.get(case + page)["Cache-Control"] for page in pages}

    assert stored == dict.fromkeys(pages, NO_STORE)


def test_desk_keeps_its_own_word():
    browser = Client()
    browser.force_login(cast.person("officer"))

    assert "no-store" in browser.get("/admin/rounds/")["Cache-Control"]


@pytest.mark.parametrize("page", ["/", "/awards/"])
def test_public_page_of_nobody_may_be_stored(client, page):
    assert "no-store" not in client.get(page).get("Cache-Control", "")
