"""Mails of invitations and messages: their links, their reply addresses, and the way back in."""

import re

import pytest
from django.core import mail

from grants.accounts.models import User
from grants.accounts.services.invitations import invitation_of, invite
from grants.events.seals import seal_pending
from grants.messages.services.receiving import receive
from grants.messages.services.writing import write_message
from grants.notifications.models import Notification
from grants.notifications.services import fan_out, send_waiting
from tests import cast
from tests.messages.post import mail as mail_of

pytestmark = pytest.mark.django_db


def tell_and_send() -> None:
    while seal_pending():
        continue
    while fan_out():
        continue
    while send_waiting():
        continue


def test_invitation_of_an_address_without_an_account_is_sent_once_in_the_inviter_s_language():
    owner = cast.person()
    invitation = invite(cast.company(), by=owner, email="new@test.example", role="viewer")

    tell_and_send()
    fan_out()

    [sent] = [message for message in mail.outbox if message.to == ["new@test.example"]]
    [token] = re.findall(r"/join/(\w+)/", sent.body)
    assert invitation_of(token) == invitation
    assert sent.subject == "You are invited to act for applicant Ltd"
    row = Notification.objects.get(kind="invitation.invite")
    assert (row.person, row.text, row.html) == (None, "", "")


def test_invited_person_with_an_account_is_written_to_in_their_language():
    User.objects.filter(pk=cast.person("friend").pk).update(language="zh-hans")
    invite(cast.company(), by=cast.person(), email="friend@test.example", role="viewer")

    tell_and_send()

    row = Notification.objects.get(kind="invitation.invite")
    assert (row.person, row.language) == (cast.person("friend"), "zh-hans")


def test_message_goes_out_and_its_answer_comes_in(settings):
    settings.REPLY_ADDRESS = "reply@fund.example.org"
    application = cast.submitted()
    write_message(application, by=cast.person("officer"), text="请补充预算。")
    tell_and_send()
    [sent] = [message for message in mail.outbox if "请补充预算。" in message.body]
    assert (sent.to, sent.extra_headers["Auto-Submitted"]) == (
        ["applicant@test.example"],
        "auto-generated",
    )
    quoted = "\n".join("> " + line for line in sent.body.split("\n"))
    answer = f"已补充。\n\nOn Wed, AMOS Fund <{sent.reply_to[0]}> wrote:\n{quoted}"

    message = receive(bytes(mail_of(sent.reply_to[0], sent.to[0], answer)))

    assert message.text == "已补充。"
    tell_and_send()
    told = Notification.objects.filter(kind="conversation.ask")
    assert [(row.person.name, "已补充。" in row.text) for row in told] == [("officer", True)]


def test_without_a_reply_address_mails_say_not_to_answer():
    write_message(cast.submitted(), by=cast.person("officer"), text="请补充预算。")

    tell_and_send()

    row = Notification.objects.get(kind="conversation.answer")
    assert row.reply_to == ""
    assert "Please do not answer it." in row.text


def test_officer_who_reviews_or_belongs_to_the_applicant_is_not_told():
    application = cast.submitted()
    other = cast.person("officer2")
    other.groups.add(cast.person("officer").groups.get())
    cast.individual("applicant").memberships.create(user=other, role="viewer")
    write_message(application, by=cast.person(), text="x")

    tell_and_send()

    told = Notification.objects.filter(kind="conversation.ask")
    assert [row.person.name for row in told] == ["officer"]
