"""Every mail of an account, in both languages, through the pages that send it."""

import re
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.template import engines
from django.urls import reverse

from grants.accounts.models import User
from grants.notifications.models import Notification

pytestmark = pytest.mark.django_db

HOLE = "««hole»»"
ADDRESS, SECOND = "new@test.example", "second@test.example"
PASSWORD, NEXT, THIRD = "three-quiet-lanterns", "nine-loud-harbours", "two-paper-boats"
CHINESE = re.compile("[\u4e00-\u9fff]")
NAMES_AN_ADDRESS = {
    "account_already_exists": [ADDRESS],
    "unknown_account": ["nobody@test.example"],
    "email_changed": [ADDRESS, SECOND],
    "email_deleted": [ADDRESS],
}
NAMES_A_LINK = {
    "account_already_exists",
    "email_confirmation",
    "email_confirmation_signup",
    "password_reset_key",
    "unknown_account",
}
SAYS_WHO_DID_IT = {
    "email_changed",
    "email_deleted",
    "password_changed",
    "password_reset",
    "password_set",
}


@pytest.fixture(params=["en", "zh-hans"])
def browser(client, request, settings, monkeypatch):
    """Shows every variable that a template does not have."""
    settings.ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", HOLE)
    client.defaults |= {"HTTP_ACCEPT_LANGUAGE": request.param, "HTTP_USER_AGENT": "Kite/1"}
    client.language = request.param
    return client


def newest_link() -> str:
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", Notification.objects.latest("pk").text)
    return link


def post(client, page: str, /, **words) -> None:
    assert client.post(reverse(page), words).status_code == 302


def passwords(password: str) -> dict[str, str]:
    return {"password1": password, "password2": password}


def sign_up(client) -> None:
    for _time in range(2):
        post(client, "account_signup", email=ADDRESS, name="Lin", **passwords(PASSWORD))
    confirmation = Notification.objects.get(kind="email_confirmation_signup")
    client.post(re.findall(r"https?://[^/\s]+(/\S+)", confirmation.text)[0])


def forget_the_password(client) -> None:
    client.logout()
    post(client, "account_reset_password", email="nobody@test.example")
    post(client, "account_reset_password", email=ADDRESS)
    form = client.get(newest_link(), follow=True).request["PATH_INFO"]
    assert client.post(form, passwords(NEXT)).status_code == 302
    post(client, "account_login", login=ADDRESS, password=NEXT)


def change_the_password(client) -> None:
    post(client, "account_change_password", oldpassword=NEXT, **passwords(THIRD))


def move_to_another_address(client) -> None:
    post(client, "account_email", action_add="", email=SECOND)
    assert client.post(newest_link()).status_code == 302
    post(client, "account_email", action_primary="", email=SECOND)
    post(client, "account_email", action_remove="", email=ADDRESS)


def set_a_first_password(client) -> None:
    user = User.objects.get()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    post(client, "account_set_password", **passwords(PASSWORD))


def test_no_mail_of_an_account_has_a_hole(browser):
    sign_up(browser)
    forget_the_password(browser)
    change_the_password(browser)
    move_to_another_address(browser)
    set_a_first_password(browser)

    mails = {mail.kind: mail for mail in Notification.objects.order_by("pk")}
    folder = Path(portal.BASE_DIR) / "templates" / "account" / "email"
    templates = {path.name.removesuffix("_message.txt") for path in folder.glob("*_message.txt")}
    assert set(mails) == templates - {"base"}
    for kind, mail in mails.items():
        words = mail.subject + mail.text
        assert HOLE not in words, kind
        assert bool(CHINESE.search(mail.subject)) == (browser.language == "zh-hans"), kind
        assert [each for each in NAMES_AN_ADDRESS.get(kind, []) if each not in words] == []
        assert ("http://" in words) == (kind in NAMES_A_LINK), kind
        assert ("Kite/1" in words and "127.0.0.1" in words) == (kind in SAYS_WHO_DID_IT), kind
