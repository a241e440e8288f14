"""Mails go out once, wait where the server is down, and are given up in the end."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from grants.notifications.models import Notification
from grants.notifications.services import (
    LEASE,
    LONGEST_PAUSE,
    TRIES,
    queue_mail,
    send_waiting,
    waiting_count,
)
from tests.notifications import outside
from tests.together import together

pytestmark = pytest.mark.django_db


def queue(count: int = 1) -> list[Notification]:
    return [
        queue_mail(
            address=f"p{number}@test.example",
            kind="account",
            subject=f"主题 {number}",
            text="口令 123456",
            language="zh-hans",
        )
        for number in range(count)
    ]


def addresses() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


@pytest.fixture
def no_server(settings):
    """A mail server that nobody runs."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    return settings


def test_mail_goes_out_once():
    (row,) = queue()

    assert (send_waiting(), send_waiting()) == (1, 0)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["p0@test.example"], "主题 0")
    assert message.extra_headers["Message-ID"].startswith(f"<notification-{row.pk}@")
    row.refresh_from_db()
    assert (row.state, row.lease_until, bool(row.sent_at)) == ("sent", None, True)


@pytest.mark.parametrize(("is_debug", "kept"), [(True, "口令 123456"), (False, "")])
def test_secret_text_is_dropped_once_it_was_sent(settings, is_debug, kept):
    settings.DEBUG = is_debug
    (row,) = queue()

    send_waiting()

    row.refresh_from_db()
    assert row.text == kept
    assert mail.outbox[0].body == "口令 123456"


def test_mail_waits_while_the_server_is_down_and_goes_out_later(no_server):
    (row,) = queue()

    assert send_waiting() == 0
    row.refresh_from_db()
    assert (row.state, row.tries, row.lease_until) == ("waiting", 1, None)
    assert row.error.startswith("ConnectionRefusedError")
    assert row.next_try_at > timezone.now()
    assert (send_waiting(), waiting_count()) == (0, 1)
    no_server.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert send_waiting() == 1

    row.refresh_from_db()
    assert (row.state, row.error) == ("sent", "")
    assert addresses() == ["p0@test.example"]


def test_mail_waits_longer_each_time_and_is_given_up(no_server):
    (row,) = queue()
    pauses = []
    for _time in range(TRIES):
        Notification.objects.update(next_try_at=timezone.now())
        send_waiting()
        row.refresh_from_db()
        pauses.append(row.next_try_at - timezone.now())

    assert (row.state, row.tries) == ("dead", TRIES)
    assert pauses[0] < timedelta(minutes=1) < pauses[3]
    assert max(pauses) <= LONGEST_PAUSE
    assert send_waiting() == 0


def test_mail_of_a_sender_that_died_goes_out_after_its_lease():
    (row,) = queue()
    Notification.objects.update(lease_until=timezone.now() + LEASE)

    assert send_waiting() == 0
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert send_waiting() == 1

    row.refresh_from_db()
    assert row.state == "sent"


def test_slow_server_makes_no_mail_go_out_twice(settings):
    """The first sender's leases run out while it sends; a second one takes the other mails."""
    settings.EMAIL_BACKEND = "tests.notifications.outside.SlowBackend"
    first, *_others = queue(3)

    def second_sender() -> None:
        past = timezone.now() - timedelta(seconds=1)
        Notification.objects.exclude(pk=first.pk).update(lease_until=past)
        assert send_waiting() == 2

    outside.meanwhile.append(second_sender)

    assert send_waiting() == 1
    assert addresses() == ["p0@test.example", "p1@test.example", "p2@test.example"]


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_mail_once():
    queue(60)

    sent = together(*[lambda: sum(send_waiting(7) for _time in range(10))] * 4)

    assert (sum(sent), waiting_count()) == (60, 0)
    assert addresses() == sorted(f"p{number}@test.example" for number in range(60))


def test_one_mail_that_cannot_be_written_does_not_stop_the_others():
    rows = queue(3)
    Notification.objects.filter(pk=rows[1].pk).update(subject="two\nlines")

    assert send_waiting() == 2

    states = Notification.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["sent", "waiting", "sent"]
