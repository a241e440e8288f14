"""The desk's door: tries are limited and counted together with the portal's."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db

DOOR = "/admin/login/"
WAIT = "Too many failed login attempts. Try again later."


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def sign_in(client, password: str = cast.PASSWORD, handle: str = "officer"):
    words = {"username": cast.person(handle).email, "password": password}
    return client.post(DOOR, words)


def is_signed_in(client) -> bool:
    return SESSION_KEY in client.session


def test_right_password_leads_to_the_desk(client):
    response = sign_in(client)

    assert (response.status_code, response.url) == (302, "/admin/")
    assert is_signed_in(client)


def test_wrong_password_is_said(client):
    response = sign_in(client, "wrong")

    assert response.context["form"].non_field_errors() == [
        "The address or the password is wrong, or this account does not enter the desk."
    ]
    assert not is_signed_in(client)


def test_applicant_is_not_let_in(client):
    assert sign_in(client, handle="applicant").status_code == 200
    assert not is_signed_in(client)


def test_after_five_wrong_passwords_the_right_one_must_wait(client):
    for _try in range(5):
        sign_in(client, "wrong")

    response = sign_in(client)

    assert response.context["form"].non_field_errors() == [WAIT]
    assert not is_signed_in(client)


def test_wrong_passwords_at_the_portal_count_at_the_desk(client):
    officer = cast.person("officer")
    for _try in range(5):
        client.post(reverse("account_login"), {"login": officer.email, "password": "wrong"})

    assert sign_in(client).context["form"].non_field_errors() == [WAIT]
    assert not is_signed_in(client)


def test_right_passwords_do_not_count(client):
    for _try in range(7):
        assert sign_in(client).status_code == 302


def test_machine_that_tries_many_addresses_must_wait(client):
    for number in range(10):
        client.post(DOOR, {"username": f"{number}@test.example", "password": "wrong"})

    assert sign_in(client).context["form"].non_field_errors() == [WAIT]


def test_flood_is_answered_in_words(client):
    answers = [client.post(DOOR, {"username": "", "password": ""}) for _try in range(31)]

    assert {answer.status_code for answer in answers[:30]} == {200}
    assert answers[30].status_code == 429
    assert "Wait a minute, then try again." in answers[30].content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "\x00"])
def test_way_onward_never_leaves_the_portal(client, wanted):
    words = {"username": cast.person("officer").email, "password": cast.PASSWORD, "next": wanted}

    response = client.post(DOOR, words)

    assert response.headers.get("Location", "/admin/") == "/admin/"


def test_address_that_was_signed_up_must_be_confirmed_first(client):
    officer = cast.person("officer")
    officer.emailaddress_set.create(email=officer.email, verified=False, primary=True)

    response = sign_in(client)

    assert response.url == reverse("account_email_verification_sent")
    assert not is_signed_in(client)
