"""From signing up to signing in, and a forgotten password; the mails wait in the outbox."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from grants.accounts.models import User
from grants.events.models import Event
from grants.notifications.models import Notification
from tests import cast

pytestmark = pytest.mark.django_db

ADDRESS = "new@test.example"
PASSWORD = "three-quiet-lanterns"
SIGN_UP = {
    "email": ADDRESS,
    "name": "李雷",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def signed_up(client):
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response.url == reverse("account_email_verification_sent")
    return User.objects.get()


def link_in(mail: Notification) -> str:
    """The path of the one link in a mail."""
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", mail.text)
    return link


def sign_in(client, password: str = PASSWORD, email: str = ADDRESS):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_signed_in(client) -> bool:
    return SESSION_KEY in client.session


def confirm(client) -> str:
    """Opens the link of the newest mail and presses its button; returns the link."""
    link = link_in(Notification.objects.latest("pk"))
    assert client.get(link).status_code == 200
    client.post(link)
    return link


def test_sign_up_keeps_name_and_language_and_queues_one_mail(client, signed_up):
    mail = Notification.objects.get()

    assert (signed_up.email, signed_up.name, signed_up.language) == (ADDRESS, "李雷", "zh-hans")
    assert (mail.address, mail.kind, mail.state, mail.is_secret, mail.language) == (
        ADDRESS,
        "email_confirmation_signup",
        "waiting",
        True,
        "zh-hans",
    )
    assert not is_signed_in(client)


def test_opening_the_link_alone_confirms_nothing(client, signed_up):
    client.get(link_in(Notification.objects.get()))

    assert signed_up.emailaddress_set.get().verified is False
    assert Event.objects.filter(kind="user.confirm").count() == 0


def test_confirming_records_one_event_and_lets_the_person_sign_in(client, signed_up):
    confirm(client)
    client.logout()

    response = sign_in(client)

    assert response.url == reverse("home")
    assert is_signed_in(client)
    event = Event.objects.get(kind="user.confirm")
    assert (event.thing_id, event.actor) == (str(signed_up.pk), signed_up)


def test_confirming_twice_records_one_event(client, signed_up):
    link = confirm(client)

    client.post(link)

    assert Event.objects.filter(kind="user.confirm").count() == 1


def test_signing_in_before_confirming_is_refused(client, signed_up):
    response = sign_in(client)

    assert response.url == reverse("account_email_verification_sent")
    assert not is_signed_in(client)


def test_sign_up_with_a_known_address_tells_nobody_but_its_owner(client, signed_up):
    response = client.post(reverse("account_signup"), SIGN_UP)

    assert response.url == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert {mail.address for mail in Notification.objects.all()} == {ADDRESS}


def test_sign_up_without_a_name_is_said_beside_the_field(client):
    response = client.post(
        reverse("account_signup"), SIGN_UP | {"name": ""}, headers={"Accept-Language": "en"}
    )

    assert response.context["form"].errors == {"name": ["This field is required."]}
    assert (User.objects.count(), Notification.objects.count()) == (0, 0)


def test_way_to_an_application_is_kept_through_the_sign_in(client, signed_up):
    confirm(client)
    client.logout()
    url = reverse("apply", args=[cast.open_round().slug])

    response = client.post(
        reverse("account_login"), {"login": ADDRESS, "password": PASSWORD, "next": url}
    )

    assert response.url == url


def test_forgotten_password_is_set_anew_by_the_link(client, signed_up):
    confirm(client)
    client.logout()
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    form = client.get(link_in(Notification.objects.latest("pk")), follow=True)
    page = form.request["PATH_INFO"]
    client.post(page, {"password1": "nine-loud-harbours", "password2": "nine-loud-harbours"})
    client.logout()

    sign_in(client)
    assert not is_signed_in(client)
    sign_in(client, "nine-loud-harbours")
    assert is_signed_in(client)


def test_link_of_a_password_works_once(client, signed_up):
    confirm(client)
    client.logout()
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    link = link_in(Notification.objects.latest("pk"))
    page = client.get(link, follow=True).request["PATH_INFO"]
    client.post(page, {"password1": "nine-loud-harbours", "password2": "nine-loud-harbours"})
    client.logout()

    again = client.get(link, follow=True)
    client.post(
        again.request["PATH_INFO"],
        {"password1": "two-paper-boats", "password2": "two-paper-boats"},
    )

    assert signed_up.__class__.objects.get(pk=signed_up.pk).check_password("nine-loud-harbours")


def test_forgotten_password_of_nobody_sends_no_mail_and_looks_the_same(client, signed_up):
    known = client.post(reverse("account_reset_password"), {"email": ADDRESS})
    before = Notification.objects.count()

    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@test.example"})

    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert Notification.objects.count() == before
