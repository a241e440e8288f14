"""The page on which an applicant goes on with a newer form, and the preview of a form."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.applications.test_versions import OLD, renewed, reshape

pytestmark = pytest.mark.django_db


def browser(handle: str) -> Client:
    client = Client()
    client.force_login(cast.person(handle))
    return client


@pytest.fixture
def application():
    application = cast.complete_draft()
    renewed(application.round, reshape)
    return application


def address(name: str, application, *more) -> str:
    return reverse(f"application-{name}", args=[application.reference, *more])


def test_page_of_the_application_says_that_the_form_changed(application):
    applicant = browser("applicant")

    page = applicant.get(address("detail", application)).content.decode()

    assert "The form of this round has changed" in page
    assert address("new-form", application) in page


def test_applicant_sees_what_no_longer_fits_and_goes_on(application):
    applicant, url = browser("applicant"), address("new-form", application)
    assert applicant.get(url).context["aside"] == [
        ("Question team_size", "2"),
        ("Question category", "Tools"),
        ("Question ready", "No"),
    ]

    applicant.post(url)

    page = applicant.get(address("section", application, 1)).content.decode()
    assert "What no longer fits the form" in page
    applicant.post(address("let-go", application, "ready"))
    application.refresh_from_db()
    assert [key for key, *_more in application.left_over] == ["category", "team_size"]


def test_old_form_is_refused_at_check_in_words(application):
    response = browser("applicant").post(
        address("check", application), {"declares": "on"}, follow=True
    )

    assert OLD in response.content.decode()
    assert application.submissions.count() == 0


@pytest.mark.parametrize(("handle", "status"), [("stranger", 404), ("officer", 404)])
def test_new_form_is_for_those_who_write_it(application, handle, status):
    for url in (address("new-form", application), address("let-go", application, "ready")):
        assert browser(handle).post(url).status_code == status

    application.refresh_from_db()
    assert application.form.number == 1


@pytest.mark.parametrize("handle", ["officer", "auditor", "superuser"])
def test_preview_is_for_those_who_see_drafts(handle):
    url = reverse("form-preview", args=[cast.draft_round().slug])

    assert browser(handle).get(url).status_code == 200


@pytest.mark.parametrize("handle", ["applicant", "reviewer"])
def test_preview_is_not_found_by_others(handle):
    url = reverse("form-preview", args=[cast.draft_round().slug])

    assert browser(handle).get(url).status_code == 404


def test_preview_says_what_an_applicant_would_be_told_and_keeps_nothing():
    officer, url = browser("officer"), reverse("form-preview", args=[cast.draft_round().slug])
    sent = {"check": "1", "title": "App", "requested_amount": "200000"}

    response = officer.post(url, sent | {"q-team": "两个人", "q-team_size": "many"})

    wrong = response.context["pages"][0].form.errors
    assert (response.context["is_right"], "team" in wrong, "team_size" in wrong) == (
        False,
        False,
        True,
    )
    answers = {f"q-{key}": value for key, value in cast.ANSWERS.items()}
    assert officer.post(url, sent | answers).context["is_right"] is True
