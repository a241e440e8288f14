"""Nobody is kept out while Redis is down."""

import logging

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.urls import reverse

from fundportal import cache as steady
from fundportal import embedded
from grants.accounts.models import User
from grants.notifications.models import Notification
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_redis(settings, tmp_path):
    """The address of a socket on which nobody listens."""
    elsewhere = settings.REDIS_URL.replace(str(embedded.socket_dir()), str(tmp_path))
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": elsewhere}}
    return tmp_path / "valkey.sock"


def confirmed_person() -> User:
    user = cast.person("applicant")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def test_signing_in_works(client):
    user = confirmed_person()

    client.post(reverse("account_login"), {"login": user.email, "password": cast.PASSWORD})

    assert client.session[SESSION_KEY] == str(user.pk)


def test_signing_up_works(client):
    words = {"email": "new@test.example", "name": "李雷"}
    words |= {"password1": "three-quiet-lanterns", "password2": "three-quiet-lanterns"}

    response = client.post(reverse("account_signup"), words)

    assert response.url == reverse("account_email_verification_sent")
    assert User.objects.get().email == "new@test.example"


def test_asking_for_a_reset_works(client):
    user = confirmed_person()

    response = client.post(reverse("account_reset_password"), {"email": user.email})

    assert response.url == reverse("account_reset_password_done")
    assert Notification.objects.get().kind == "password_reset_key"


def test_wrong_passwords_are_still_counted(client):
    user = confirmed_person()
    wrong = {"login": user.email, "password": "not this one"}
    for _try in range(5):
        client.post(reverse("account_login"), wrong)

    client.post(reverse("account_login"), wrong | {"password": cast.PASSWORD})

    assert SESSION_KEY not in client.session


def test_silence_is_logged_once(caplog):
    caplog.set_level(logging.WARNING, "fundportal.cache")

    cache.set("a", 1)
    cache.set("b", 2)

    assert (cache.get("a"), cache.get("b")) == (1, 2)
    assert [record.message.partition(";")[0] for record in caplog.records] == [
        "Redis does not answer"
    ]


def test_redis_is_used_again_once_it_answers(no_redis, monkeypatch):
    monkeypatch.setattr(steady, "PAUSE_SECONDS", 0)
    cache.set("a", 1)

    no_redis.symlink_to(embedded.socket_dir() / "valkey.sock")

    assert cache.get("a") is None
    cache.set("a", 2)
    assert cache.get("a") == 2
    cache.clear()


def test_readiness_says_what_does_not_answer(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["broker"]) == (503, "does not answer")


def test_dead_port_answers_at_once(client, settings):
    port = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": port}
    user = confirmed_person()

    client.post(reverse("account_login"), {"login": user.email, "password": cast.PASSWORD})

    assert client.session[SESSION_KEY] == str(user.pk)
