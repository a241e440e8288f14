"""Mails at the desk: what was told to whom; a mail that was given up can be tried again."""

import pytest
from django.urls import reverse

from grants.core.errors import Refused
from grants.events.models import Event
from grants.events.words import knows
from grants.notifications.models import Notification
from grants.notifications.services import queue_mail, retry
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LIST = "/admin/mails/"


def mail(state: str = "dead", *, is_secret: bool = False, number: int = 0) -> Notification:
    return Notification.objects.create(
        person=cast.person("ann"),
        channel="email",
        kind="application.submit",
        address="ann@test.example",
        language="en",
        subject=f"Received {number}",
        text="We have your application.",
        is_secret=is_secret,
        state=state,
        tries=40 if state == "dead" else 0,
        error="SMTPException: no route" if state == "dead" else "",
    )


def page_of(row) -> str:
    return reverse("admin:mail-detail", args=[row.pk])


def try_again(row) -> str:
    return reverse("admin:mail-verb", args=[row.pk, "retry"])


@pytest.fixture
def administrator(client):
    client.force_login(cast.person("administrator"))
    return client


@pytest.mark.parametrize("who", ["administrator", "auditor", "superuser"])
def test_list_is_by_state(client, who):
    client.force_login(cast.person(who))
    dead, sent = mail(), mail("sent")

    assert list(client.get(LIST).context["page"]) == [sent, dead]
    assert list(client.get(LIST, {"state": "dead"}).context["page"]) == [dead]


def test_list_goes_on_by_key(administrator):
    rows = [mail(number=number) for number in range(31)]

    first = administrator.get(LIST).context["page"]

    assert list(administrator.get(first.following).context["page"]) == [rows[0]]


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_however_many(administrator, count, django_assert_num_queries):
    for number in range(count):
        mail(number=number)

    with django_assert_num_queries(5):  # session, person, roles, conflicts, mails
        administrator.get(LIST)


def test_page_costs_a_fixed_number_of_queries(administrator, django_assert_num_queries):
    row = mail()

    with django_assert_num_queries(6):  # session, person, roles, conflicts, mail, timeline
        administrator.get(page_of(row))


@pytest.mark.parametrize("who", ["officer", "finance", "reviewer", "ann"])
def test_others_are_kept_out(client, who):
    row = mail()
    client.force_login(cast.person(who))

    assert client.get(LIST).status_code == 403
    assert client.get(page_of(row)).status_code == 403
    assert client.post(try_again(row)).status_code == 403
    row.refresh_from_db()
    assert row.state == "dead"


def test_who_is_not_signed_in_goes_to_the_door(client):
    assert client.get(LIST)["Location"] == f"/admin/login/?next={LIST}"


def test_unknown_mail_is_not_found(administrator):
    assert administrator.get("/admin/mails/999999/").status_code == 404
    assert administrator.post("/admin/mails/999999/retry/").status_code == 404


def test_page_shows_the_text_as_it_was_sent(administrator):
    assert "We have your application." in administrator.get(page_of(mail())).content.decode()


@pytest.mark.parametrize("debug", [False, True])
def test_secret_text_is_shown_in_debug_alone(administrator, settings, debug):
    settings.DEBUG = debug
    row = queue_mail(
        address="ann@test.example",
        kind="account",
        subject="Confirm",
        text="http://testserver/secret-key",
        language="en",
    )

    assert ("secret-key" in administrator.get(page_of(row)).content.decode()) is debug


def test_administrator_tries_a_mail_again(administrator):
    row = mail()

    response = administrator.post(try_again(row))

    row.refresh_from_db()
    assert response["Location"] == page_of(row)
    assert (row.state, row.tries) == ("waiting", 0)
    (event,) = Event.objects.filter(kind="notification.retry")
    assert (event.actor, event.thing_id) == (cast.person("administrator"), str(row.pk))
    assert knows("notification.retry")


def test_auditor_changes_nothing(client):
    row = mail()
    client.force_login(cast.person("auditor"))

    page = client.get(page_of(row))
    response = client.post(try_again(row))

    row.refresh_from_db()
    assert page.context["offers"] == []
    assert response.status_code == 403
    assert row.state == "dead"


@pytest.mark.parametrize("state", ["waiting", "sent"])
def test_mail_that_was_not_given_up_is_refused(administrator, state):
    row = mail(state)

    with pytest.raises(Refused) as refusal:
        retry(row, by=cast.person("administrator"))
    response = administrator.post(try_again(row))

    row.refresh_from_db()
    assert str(refusal.value) == "Only a mail that was given up can be tried again."
    assert response.context["refused"].non_field_errors() == [str(refusal.value)]
    assert row.state == state
    assert not Event.objects.filter(kind="notification.retry").exists()


def test_card_of_the_administrator_names_dead_mails(administrator):
    row = mail()

    (card,) = [
        card
        for card in administrator.get("/admin/").context["waiting"]
        if card.title == "Mails that could not be sent"
    ]

    assert (card.count, [line.url for line in card.rows]) == (1, [page_of(row)])
