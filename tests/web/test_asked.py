"""What the applicant reads when the fund asks for more."""

import pytest
from django.test import Client

from grants.applications.services import screening
from tests import cast
from tests.screening.stage import applied, closed

pytestmark = pytest.mark.django_db


def page(application):
    browser = Client()
    browser.force_login(cast.person("ann"))
    return browser.get(f"/applications/{application.reference}/").content.decode()


def test_page_names_the_questions_that_are_open_again():
    application = applied("ann")
    closed()
    screening.return_for_information(
        application, by=cast.person("officer"), reason="Who?", questions=["plan", "title"]
    )

    shown = page(application)

    assert "Only these answers can be changed:" in shown
    assert (
        f'<a href="/applications/{application.reference}/sections/2/#id_q-plan">Question plan</a>'
        in shown
    )
    assert "Title of the project</a>" in shown


def test_page_names_no_question_where_all_are_open():
    application = applied("ann")
    closed()
    screening.return_for_information(application, by=cast.person("officer"), reason="Who?")

    assert "Only these answers" not in page(application)
    assert "Who?" in page(application)


def test_answers_that_stay_cannot_be_typed_over():
    application = applied("ann")
    closed()
    screening.return_for_information(
        application, by=cast.person("officer"), reason="Who?", questions=["plan"]
    )
    browser = Client()
    browser.force_login(cast.person("ann"))
    project = browser.get(f"/applications/{application.reference}/project/").content.decode()
    asked = browser.get(f"/applications/{application.reference}/sections/2/")

    assert project.count('<fieldset class="closed" disabled>') == 2
    assert 'name="base-title"' not in project
    closed_parts = [part.question.key for part in asked.context["parts"] if part.is_closed]
    assert "plan" not in closed_parts
    assert asked.content.decode().count('class="closed"') == len(closed_parts)
