"""Answering an award, and reporting its milestones."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from grants.accounts.services import add_member
from grants.awards.models import Award
from grants.milestones import services as milestones
from grants.milestones.models import Milestone
from tests import cast

pytestmark = pytest.mark.django_db


def url_of(award, name: str, *more) -> str:
    return reverse(name, args=[award.application.reference, *more])


def member(award, role: str):
    user = cast.person(role)
    owner = cast.person("applicant")
    add_member(award.organisation, by=owner, email=user.email, role=role)
    return user


def test_accept_shows_the_plan_and_changes_nothing(client):
    award = cast.offered("applicant")
    client.force_login(cast.person("applicant"))

    response = client.get(url_of(award, "award-accept"))

    award.refresh_from_db()
    assert [(row["title"], row["amount"]) for row in response.context["plan"]] == [
        ("Milestone 1", "30000.00"),
        ("Milestone 2", "70000.00"),
    ]
    assert award.state == "offered"


def test_accept_twice_accepts_once(client):
    award = cast.offered("applicant")
    client.force_login(cast.person("applicant"))

    answers = [client.post(url_of(award, "award-accept")) for _press in (1, 2)]

    award.refresh_from_db()
    detail = url_of(award, "application-detail")
    assert [response.url for response in answers] == [detail, detail]
    assert (award.state, award.milestones.count()) == ("accepted", 2)


def test_accept_after_the_deadline_is_refused(client):
    award = cast.offered("applicant")
    Award.objects.filter(pk=award.pk).update(accept_by=timezone.now() - timedelta(minutes=1))
    client.force_login(cast.person("applicant"))

    response = client.post(url_of(award, "award-accept"), follow=True)

    award.refresh_from_db()
    assert [str(message) for message in response.context["messages"]] == [
        "The time to accept this award has passed. Please write to the fund."
    ]
    assert (award.state, award.milestones.count()) == ("offered", 0)


@pytest.mark.parametrize("name", ["award-accept", "award-decline"])
def test_award_is_answered_by_owners_and_signatories_alone(client, name):
    award = cast.offered("applicant")
    seen = {}
    for user in (member(award, "editor"), member(award, "viewer"), cast.person("officer")):
        client.force_login(user)
        seen[user.name] = client.post(url_of(award, name)).status_code
    client.force_login(cast.person("stranger"))

    assert client.post(url_of(award, name)).status_code == 404
    award.refresh_from_db()
    assert seen == {"editor": 403, "viewer": 403, "officer": 403}
    assert award.state == "offered"


def test_signatory_accepts(client):
    award = cast.offered("applicant")
    client.force_login(member(award, "signatory"))

    client.post(url_of(award, "award-accept"))

    award.refresh_from_db()
    assert award.state == "accepted"


def test_award_that_was_not_released_is_not_found(client):
    award_decision = cast.proposed("applicant")
    client.force_login(cast.person("applicant"))
    url = reverse("award-accept", args=[award_decision.application.reference])

    assert client.post(url).status_code == 404


def test_decline_gives_the_award_back_with_its_reason(client):
    award = cast.offered("applicant")
    client.force_login(cast.person("applicant"))

    response = client.post(url_of(award, "award-decline"), {"reason": "We stop."})

    award.refresh_from_db()
    assert (response.url, award.state) == (url_of(award, "application-detail"), "declined")


@pytest.fixture
def accepted(client):
    award = cast.accepted("applicant")
    client.force_login(cast.person("applicant"))
    return award


def report(client, award, *files, text="Done.", number=1):
    url = url_of(award, "milestone-report", number)
    return client.post(url, {"report": text, "file": list(files)})


def test_report_with_two_files_is_submitted(client, accepted):
    response = report(client, accepted, cast.pdf("一.pdf"), cast.pdf("二.pdf"))

    milestone = accepted.milestones.get(number=1)
    assert response.url == url_of(accepted, "application-detail")
    assert (milestone.state, milestone.report) == ("submitted", "Done.")
    assert [row.document.name for row in milestone.evidence.order_by("pk")] == ["一.pdf", "二.pdf"]


def test_report_without_text_is_said_beside_the_field(client, accepted):
    response = report(client, accepted, cast.pdf(), text=" ")

    assert response.context["form"].errors == {"report": ["Describe what was reached."]}
    assert accepted.milestones.get(number=1).state == "planned"


def test_report_without_evidence_keeps_the_text(client, accepted):
    response = report(client, accepted)

    assert response.context["form"].errors == {"file": ["Add at least one file as evidence."]}
    assert response.context["form"]["report"].value() == "Done."
    assert accepted.milestones.get(number=1).state == "planned"


def test_report_with_a_wrong_file_changes_nothing(client, accepted):
    svg = SimpleUploadedFile("a.svg", b"<svg/>")

    response = report(client, accepted, svg)

    assert list(response.context["form"].errors) == ["file"]
    assert accepted.milestones.get(number=1).evidence.count() == 0


def test_report_twice_is_refused_the_second_time(client, accepted):
    report(client, accepted, cast.pdf())

    response = report(client, accepted, cast.pdf())

    assert response.context["form"].non_field_errors() == [
        "This is no longer possible: it is now “Report submitted”. Reload the page."
    ]
    assert accepted.milestones.get(number=1).evidence.count() == 1


def test_returned_report_stands_in_the_field_with_what_is_asked(client, accepted):
    report(client, accepted, cast.pdf())
    milestone = accepted.milestones.get(number=1)
    milestones.return_report(milestone, by=cast.person("officer"), answer="Which version?")

    response = client.get(url_of(accepted, "milestone-report", 1))

    assert response.context["form"]["report"].value() == "Done."
    assert response.content.decode().count("Which version?") == 1


def test_report_by_others_changes_nothing(client, accepted):
    seen = {}
    for user in (member(accepted, "viewer"), cast.person("officer"), cast.person("stranger")):
        client.force_login(user)
        seen[user.name] = report(client, accepted, cast.pdf()).status_code

    assert seen == {"viewer": 403, "officer": 403, "stranger": 404}
    assert Milestone.objects.get(award=accepted, number=1).state == "planned"


def test_milestone_that_does_not_exist_is_not_found(client, accepted):
    assert client.get(url_of(accepted, "milestone-report", 9)).status_code == 404
