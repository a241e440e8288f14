"""Messages and licences at the desk: who reads, who answers."""

import pytest
from django.urls import reverse

from grants.licences.models import Licence
from grants.licences.services import upload_licence
from grants.messages.models import Conversation, Message
from grants.messages.services.writing import write_message
from tests import cast
from tests.admin.conftest import ODD_QUERIES, READERS, answers, join, open_to

pytestmark = pytest.mark.django_db
LIST = "/admin/messages/"


@pytest.fixture
def application():
    application = cast.submitted()
    write_message(application, by=cast.person(), text="什么时候决定？")
    return application


def test_messages_are_read_by_those_who_decide_and_pay(at_desk, application):
    page = reverse("admin:conversation-detail", args=[application.reference])

    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(page, at_desk=at_desk) == open_to(*READERS)


def test_officers_alone_answer(at_desk, application):
    page = reverse("admin:conversation-detail", args=[application.reference])
    for handle in (*READERS, "reviewer", "administrator"):
        at_desk(handle).post(page, {"text": f"by {handle}"})

    rows = Message.objects.filter(is_from_fund=True).values_list("author__name", "text")
    assert list(rows) == [("officer", "by officer")]
    assert Conversation.objects.get().state == "quiet"


def test_empty_answer_is_said_and_nothing_is_written(at_desk, application):
    page = reverse("admin:conversation-detail", args=[application.reference])

    response = at_desk("officer").post(page, {"text": " "})

    assert list(response.context["form"].errors) == ["text"]
    assert Message.objects.count() == 1


def test_own_case_is_not_read_at_the_desk(at_desk, application):
    join(application, "officer")
    page = reverse("admin:conversation-detail", args=[application.reference])

    officer = at_desk("officer")

    assert officer.get(page).status_code == 404
    assert officer.post(page + "settle/").status_code == 404
    assert list(officer.get(LIST).context["page"].rows) == []


def test_draft_without_messages_is_nobody_s_at_the_desk(at_desk):
    draft = cast.draft("ann")

    page = reverse("admin:conversation-detail", args=[draft.reference])

    assert at_desk("officer").get(page).status_code == 404


def test_what_needs_no_answer_waits_no_longer(at_desk, application):
    officer = at_desk("officer")
    assert "Messages to answer" in officer.get("/admin/").content.decode()

    officer.post(reverse("admin:conversation-settle", args=[application.reference]))

    assert Conversation.objects.get().state == "quiet"
    assert "Messages to answer" not in officer.get("/admin/").content.decode()


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_list_answers_odd_addresses(at_desk, application, query):
    assert at_desk("officer").get(f"{LIST}?{query}").status_code == 200


def test_list_and_page_cost_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    officer = at_desk("officer")
    page = ""
    for number, limit in ((0, 1), (1, 5)):
        for owner in range(number, limit):
            application = cast.submitted(f"owner{owner}")
            for text in range(limit):
                write_message(application, by=cast.person(f"owner{owner}"), text=f"{text}")
        page = page or reverse("admin:conversation-detail", args=[application.reference])
        with django_assert_num_queries(4):
            officer.get(LIST)
        with django_assert_num_queries(9):
            officer.get(page)


def test_licence_is_verified_on_the_page_of_the_company(at_desk):
    licence = upload_licence(cast.company(), cast.pdf(), by=cast.person())
    page = reverse("admin:organisation-detail", args=[licence.organisation_id])
    assert answers(page, at_desk=at_desk) == open_to(*READERS)
    verify = reverse("admin:licence-verb", args=[licence.pk, "verify"])
    refuse = reverse("admin:licence-verb", args=[licence.pk, "refuse"])
    for handle in ("approver", "finance", "controller", "auditor"):
        assert at_desk(handle).post(verify).status_code == 403
    officer = at_desk("officer")
    assert "Business licences to verify" in officer.get("/admin/").content.decode()

    wrong = officer.post(refuse, {"reason": ""})
    assert Licence.objects.get().state == "pending"
    assert wrong.status_code == 200
    officer.post(verify)

    assert Licence.objects.get().state == "verified"
    assert "officer" in officer.get(page).content.decode()


def test_page_of_an_organisation_costs_the_same_however_much_happened(
    at_desk, django_assert_num_queries
):
    company = cast.company()
    upload_licence(company, cast.pdf(), by=cast.person())
    officer = at_desk("officer")
    page = reverse("admin:organisation-detail", args=[company.pk])
    with django_assert_num_queries(10):
        officer.get(page)

    for _time in range(29):
        upload_licence(company, cast.pdf(), by=cast.person())

    with django_assert_num_queries(10):
        officer.get(page)
