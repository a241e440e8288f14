"""The applicant's page of messages, and whose turn it is on the page of the application."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from grants.accounts.models import MemberRole, Membership
from grants.messages.models import Message
from grants.messages.services.writing import write_message
from grants.programs.models import Round
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return cast.submitted()


def page_of(application) -> str:
    return reverse("message-list", args=[application.reference])


def test_message_is_written_and_shown(client, application):
    client.force_login(cast.person())

    response = client.post(page_of(application), {"text": "<b>问题</b>"}, follow=True)

    assert [said.text for said in response.context["said"]] == ["<b>问题</b>"]
    assert "&lt;b&gt;问题" in response.content.decode()


def test_empty_message_is_said_beside_the_field(client, application):
    client.force_login(cast.person())

    response = client.post(page_of(application), {"text": " "})

    assert response.context["form"].errors == {"text": ["Write something first."]}
    assert Message.objects.count() == 0


def test_each_person_at_the_door(client, application):
    viewer = cast.person("viewer")
    Membership.objects.create(
        organisation=application.organisation, user=viewer, role=MemberRole.VIEWER
    )
    cast.screened(application)
    cast.assigned(application)
    found = {}
    for handle in ("applicant", "viewer", "stranger", "reviewer", "officer", "auditor"):
        client.force_login(cast.person(handle))
        found[handle] = (
            client.get(page_of(application)).status_code,
            client.post(page_of(application), {"text": "x"}).status_code,
        )

    assert found == {
        "applicant": (200, 302),
        "viewer": (200, 403),
        "stranger": (404, 404),
        "reviewer": (404, 404),
        "officer": (403, 403),
        "auditor": (403, 403),
    }
    assert Message.objects.count() == 1


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_however_many_messages(
    client, application, django_assert_num_queries, count
):
    for number in range(count):
        write_message(application, by=cast.person(), text=f"{number}")
    client.force_login(cast.person())

    with django_assert_num_queries(9):
        assert len(client.get(page_of(application)).context["said"]) == count


def test_turn_and_days_are_told_as_the_round_names_them(client, application):
    client.force_login(cast.person())
    url = reverse("application-detail", args=[application.reference])

    def told() -> tuple[str, str]:
        step = client.get(url).context["next_step"]
        return step.turn, step.when

    assert told() == ("open", "Then we check whether it meets the rules of the round.")
    cast.screened(application)
    assert told() == (
        "fund",
        "The round names no day for this. You get a mail as soon as it goes on.",
    )
    Round.objects.update(decision_on=date(2099, 3, 1))
    assert told() == ("fund", "The decision is expected by 1 March 2099")
    Round.objects.update(decision_on=timezone.localdate() - timedelta(days=1))
    assert told() == (
        "fund",
        "It takes longer than planned. You get a mail as soon as it goes on.",
    )


def test_way_tells_the_days_ahead(client, application):
    Round.objects.update(reviews_end_on=date(2099, 2, 1), decision_on=date(2099, 3, 1))
    client.force_login(cast.person())

    steps = client.get(reverse("application-detail", args=[application.reference])).context["steps"]

    assert [step.expected for step in steps[2:]] == [
        None,
        date(2099, 2, 1),
        date(2099, 3, 1),
        *[None] * 3,
    ]
    assert [step.state for step in steps[:3]] == ["done", "current", "ahead"]


def test_timeline_of_the_applicant_tells_messages_and_nothing_internal(client, application):
    conversation = write_message(application, by=cast.person(), text="x").conversation
    write_message(application, by=cast.person("officer"), text="y")
    write_message(application, by=cast.person(), text="z")
    cast.screened(application)
    cast.reviewed(application)
    client.force_login(cast.person("officer"))
    client.post(reverse("admin:conversation-settle", args=[conversation.case]))
    client.force_login(cast.person())

    page = client.get(reverse("application-detail", args=[application.reference]))

    told = [(row.label, row.actor) for row in page.context["timeline"]]
    assert told[:4] == [
        ("Found eligible", "The fund"),
        ("Screening began", "The fund"),
        ("The applicant wrote to the fund", "applicant"),
        ("The fund wrote to the applicant", "The fund"),
    ]
    assert "Marked as needing no answer" not in page.content.decode()
