"""The shell of the desk: signing in, who may enter, what is read-only."""

import pytest

from grants.accounts.models import Role
from grants.events.models import Event
from tests import cast

pytestmark = pytest.mark.django_db

SHUT = ["application", "review", "decision", "award", "milestone", "event", "user", "assignment"]
PAGES = {
    "/admin/rounds/": {"officer", "approver", "finance", "controller", "auditor"},
    "/admin/applications/": {"officer", "approver", "finance", "controller", "auditor"},
    "/admin/decisions/": {"officer", "approver", "finance", "controller", "auditor"},
    "/admin/awards/": {"officer", "approver", "finance", "controller", "auditor"},
    "/admin/milestones/": {"officer", "approver", "finance", "controller", "auditor"},
    "/admin/events/": {"officer", "approver", "finance", "controller", "auditor"},
    "/admin/reviews/": {"reviewer"},
    "/admin/people/": {"administrator"},
    "/admin/keys/": set(Role.values),
}


def test_signing_in_goes_to_where_the_person_wanted(client):
    cast.person("officer")
    words = {"username": "officer@test.example", "password": cast.PASSWORD}

    response = client.post("/admin/login/?next=/admin/rounds/", words | {"next": "/admin/rounds/"})

    assert (response.status_code, response.url) == (302, "/admin/rounds/")


def test_login_passes_on_who_is_signed_in(at_desk):
    response = at_desk("officer").get("/admin/login/?next=/admin/events/")

    assert (response.status_code, response.url) == (302, "/admin/events/")


def test_login_never_leaves_the_portal(at_desk):
    response = at_desk("officer").get("/admin/login/?next=https://evil.example/")

    assert (response.status_code, response.url) == (302, "/admin/")


@pytest.mark.parametrize("url", ["/admin/", *PAGES, "/admin/grants/round/"])
def test_page_asks_a_stranger_to_sign_in(client, url):
    response = client.get(url)

    assert (response.status_code, response.url) == (302, f"/admin/login/?next={url}")


@pytest.mark.parametrize("url", ["/admin/", *PAGES, "/admin/grants/round/"])
def test_page_is_shut_for_applicants(at_desk, url):
    assert at_desk("applicant").get(url).status_code == 403


@pytest.mark.parametrize("url", PAGES)
def test_page_opens_for_its_roles_only(at_desk, url):
    answers = {role: at_desk(role).get(url).status_code for role in Role.values}

    assert {role for role, status in answers.items() if status == 200} == PAGES[url]
    assert set(answers.values()) <= {200, 403}


@pytest.mark.parametrize("handle", [*Role.values, "superuser"])
@pytest.mark.parametrize("model", SHUT)
def test_stock_admin_neither_adds_nor_deletes(at_desk, handle, model):
    browser = at_desk(handle)

    assert browser.get(f"/admin/grants/{model}/add/").status_code == 403
    assert browser.post(f"/admin/grants/{model}/add/", {}).status_code == 403


@pytest.mark.parametrize("handle", ["officer", "auditor", "superuser"])
def test_stock_admin_does_not_change_an_application(at_desk, handle):
    application, browser = cast.submitted(), at_desk(handle)
    url = f"/admin/grants/application/{application.pk}/"
    before = Event.objects.count()

    assert browser.post(f"{url}change/", {"title": "Mine"}).status_code in (403, 302)
    assert browser.post(f"{url}delete/", {"post": "yes"}).status_code in (403, 302)
    application.refresh_from_db()
    assert application.title == "App of applicant"
    assert Event.objects.count() == before


def test_sections_of_the_header_follow_the_role(at_desk):
    seen = {
        handle: [section.url for section in at_desk(handle).get("/admin/").context["sections"]]
        for handle in ("reviewer", "administrator")
    }

    assert seen["reviewer"] == ["/admin/reviews/", "/admin/keys/"]
    assert "/admin/people/" in seen["administrator"]
    assert "/admin/decisions/" not in seen["administrator"]
