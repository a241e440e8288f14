"""The list of applications, the page of one, its receipt, and taking it back."""

import pytest
from django.urls import reverse

from grants.accounts.services import add_member
from grants.applications.services import screening
from grants.awards import services as awards
from grants.payouts.services import due
from tests import cast

pytestmark = pytest.mark.django_db


def url_of(application, name: str = "application-detail") -> str:
    return reverse(name, args=[application.reference])


def applied(client, handle: str = "applicant"):
    client.force_login(cast.person(handle))
    return client


def drafts(count: int) -> list:
    return [
        cast.draft("applicant", round=cast.open_round(f"round-{number}", budget="600000.00"))
        for number in range(count)
    ]


def test_list_shows_own_applications_newest_first(client):
    first, second = drafts(2)
    cast.draft("stranger", round=first.round)

    response = applied(client).get(reverse("application-list"))

    assert response.context["rows"] == [second, first]
    assert response.context["rows"][0].next_step.is_yours is True


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_however_many_rows(client, django_assert_num_queries, count):
    drafts(count)
    applied(client)

    with django_assert_num_queries(4):
        client.get(reverse("application-list"))


def test_list_pages_follow_each_other_without_gaps(client):
    made = drafts(30)
    applied(client)

    first = client.get(reverse("application-list"))
    second = client.get(reverse("application-list") + first.context["page"].following)
    back = client.get(reverse("application-list") + second.context["page"].previous)

    assert first.context["rows"] + second.context["rows"] == made[::-1]
    assert back.context["rows"] == first.context["rows"]
    assert (first.context["page"].previous, second.context["page"].following) == (None, None)


def test_draft_shows_its_task_list(client):
    application = cast.draft("applicant")

    tasks = applied(client).get(url_of(application)).context["tasks"]

    assert [(task["label"], task["state"]) for task in tasks] == [
        ("Project and amount", "not_started"),
        ("Section 1", "not_started"),
        ("Section 2", "not_started"),
        ("Check your answers and submit", "cannot_start"),
    ]
    assert "url" not in tasks[-1]


def test_complete_draft_can_be_checked(client):
    application = cast.complete_draft("applicant")

    tasks = applied(client).get(url_of(application)).context["tasks"]

    assert [task["state"] for task in tasks] == ["done", "done", "done", "not_started"]


def test_detail_of_a_draft_costs_seventeen_queries(client, django_assert_num_queries):
    application = cast.complete_draft("applicant")
    applied(client)

    with django_assert_num_queries(17):
        client.get(url_of(application))


def test_detail_of_a_paid_way_costs_seventeen_queries(client, django_assert_num_queries):
    payout = cast.due_payout("applicant")
    applied(client)

    with django_assert_num_queries(17):
        client.get(url_of(payout.award.application))


@pytest.mark.parametrize(
    "name",
    ["application-detail", "application-project", "application-check", "application-receipt"],
)
def test_pages_of_an_application_are_not_found_by_a_stranger(client, name):
    application = cast.submitted("applicant")
    cast.individual("stranger")

    assert applied(client, "stranger").get(url_of(application, name)).status_code == 404


def test_draft_is_not_found_by_the_desk(client):
    application = cast.draft("applicant")

    assert applied(client, "officer").get(url_of(application)).status_code == 404


def test_submitted_application_is_read_but_not_edited_by_the_desk(client):
    application = cast.submitted("applicant")
    applied(client, "officer")

    detail = client.get(url_of(application))

    assert (detail.status_code, detail.context["may_edit"], detail.context["tasks"]) == (
        200,
        False,
        [],
    )
    assert client.get(url_of(application, "application-check")).status_code == 403
    assert client.post(url_of(application, "application-withdraw")).status_code == 403


def test_viewer_reads_and_has_no_buttons(client):
    application = cast.complete_draft("applicant")
    viewer = cast.person("viewer")
    add_member(
        application.organisation, by=cast.person("applicant"), email=viewer.email, role="viewer"
    )
    client.force_login(viewer)

    detail = client.get(url_of(application))
    check = client.get(url_of(application, "application-check"))

    assert (detail.context["may_edit"], check.context["may_change"]) == (False, False)
    assert "btn-primary" not in detail.content.decode() + check.content.decode()
    assert client.post(url_of(application, "application-check")).status_code == 403
    application.refresh_from_db()
    assert application.state == "draft"


def test_proposed_decision_is_not_told_before_its_release(client):
    decision = cast.proposed("applicant")
    awards.confirm(decision, by=cast.person("approver"))

    context = applied(client).get(url_of(decision.application)).context

    assert (context["decision"], context["award"]) == (None, None)


def test_released_decision_is_told_with_its_feedback(client):
    decision = cast.proposed("applicant", outcome="decline")
    type(decision).objects.filter(pk=decision.pk).update(feedback="Try the next round.")
    decision.refresh_from_db()
    awards.confirm(decision, by=cast.person("approver"))
    decision.refresh_from_db()
    awards.release(decision, by=cast.person("officer"))

    response = applied(client).get(url_of(decision.application))

    assert response.context["decision"] == decision
    assert response.content.decode().count("Try the next round.") == 1
    assert "Propose" not in response.content.decode()


def test_returned_application_says_what_is_asked(client):
    application = cast.submitted("applicant")
    screening.return_for_information(application, by=cast.person("officer"), reason="Which phones?")

    response = applied(client).get(url_of(application))

    assert response.content.decode().count("Which phones?") == 1
    assert response.context["next_step"].is_yours is True


def test_award_without_payee_says_what_is_missing(client):
    award = cast.accepted("applicant")

    context = applied(client).get(url_of(award.application)).context

    assert context["waiting"] == due.waiting_for(award)
    assert [row.may_report for row in context["milestones"]] == [True, True]


def test_receipt_shows_the_digest_of_what_was_sent(client):
    application = cast.submitted("applicant")
    submission = application.latest

    response = applied(client).get(url_of(application, "application-receipt"))

    assert response.context["submission"] == submission
    assert response.content.decode().count(submission.sha256) == 1


def test_receipt_of_a_draft_is_not_found(client):
    application = cast.draft("applicant")

    assert applied(client).get(url_of(application, "application-receipt")).status_code == 404


def test_withdraw_asks_first(client):
    application = cast.submitted("applicant")

    response = applied(client).get(url_of(application, "application-withdraw"))

    application.refresh_from_db()
    assert (response.status_code, application.state) == (200, "submitted")


def test_withdraw_twice_withdraws_once(client):
    application = cast.submitted("applicant")
    applied(client)
    url = url_of(application, "application-withdraw")

    answers = [client.post(url, {"reason": "No time"}) for _press in (1, 2)]

    application.refresh_from_db()
    assert application.state == "withdrawn"
    assert [response.url for response in answers] == [url_of(application)] * 2


def test_withdraw_of_a_decided_application_is_refused(client):
    award = cast.offered("applicant")
    application = award.application
    applied(client)

    client.post(url_of(application, "application-withdraw"))

    application.refresh_from_db()
    assert application.state == "decided"
