"""The page on which an officer gives one applicant more time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grants.applications.models import Application, Extension
from grants.applications.services.extending import extend
from grants.programs.services import close_round
from tests import cast
from tests.admin.conftest import answers, open_to, told, without

pytestmark = pytest.mark.django_db

PAGE = "/admin/extensions/round-1/"


def words(application, minutes: int = 60, **more) -> dict:
    until = timezone.localtime(timezone.now() + timedelta(minutes=minutes))
    return {
        "reference": application.reference,
        "until": until.strftime("%Y-%m-%dT%H:%M"),
        "reason": "A flood.",
        **more,
    }


@pytest.fixture
def late():
    application = cast.complete_draft()
    close_round(application.round, by=cast.person("officer"))
    return Application.objects.get(pk=application.pk)


def test_extension_is_given_listed_and_told_to_the_applicant(at_desk, late, client):
    browser = at_desk("officer")

    given = browser.post(PAGE, words(late), follow=True)
    client.force_login(cast.person("applicant"))
    page = client.get(f"/applications/{late.reference}/")

    assert told(given) == ["The applicant has more time now, and reads why."]
    assert [row.reason for row in given.context["page"].rows] == ["A flood."]
    assert page.context["deadline"].reason == "A flood."
    assert next(event.label for event in page.context["timeline"]) == "More time given"
    assert late.is_editable


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reference": "APP-2026-999999"}, "reference"),
        ({"until": "2020-01-01T10:00"}, "until"),
        ({"until": "10000-01-01T10:00"}, "until"),
        ({"reason": ""}, "reason"),
        ({"reference": ""}, "reference"),
    ],
)
def test_extension_that_is_wrong_is_said_beside_its_field(at_desk, late, more, field):
    response = at_desk("officer").post(PAGE, words(late, **more))

    assert list(response.context["form"].errors) == [field]
    assert Extension.objects.count() == 0


def test_page_is_open_to_whom_the_rounds_are_and_only_officers_give(at_desk, late):
    readers = [handle for handle, status in answers(PAGE, at_desk=at_desk).items() if status == 200]

    posted = answers(PAGE, words(late), of=without("officer"), at_desk=at_desk)

    assert "officer" in readers
    assert answers(PAGE, at_desk=at_desk) == open_to(*readers)
    assert set(posted.values()) <= {403, "login"}
    assert Extension.objects.count() == 0


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_at_one_and_at_thirty(at_desk, late, count, django_assert_num_queries):
    for number in range(1, count + 1):
        until = timezone.now() + timedelta(hours=number)
        extend(late, by=cast.person("officer"), until=until, reason="A flood.")
    browser = at_desk("officer")

    with django_assert_num_queries(5):
        browser.get(PAGE)
