"""The nightly check of the books keeps what it found and tells those who watch."""

import pytest
from celery.schedules import crontab
from django.core.exceptions import PermissionDenied

from grants.events.models import Event
from grants.events.seals import seal_pending
from grants.ledger.models import LedgerAccount, Place
from grants.notifications.models import Notification
from grants.notifications.services import fan_out
from grants.payouts.models import BooksCheck
from grants.payouts.services.books import run_books_check
from grants.tasks import check_books
from tests import cast
from tests.ledger.books import tamper

pytestmark = pytest.mark.django_db


def test_whole_books_are_kept_as_whole_and_nobody_is_told():
    cast.fund("100.00")

    check = run_books_check()

    assert (check.by, check.differences) == (None, [])
    assert check.trial_balance == [["available", "CNY", "100.00"], ["capital", "CNY", "-100.00"]]
    assert Event.objects.filter(kind="bookscheck.fail").count() == 0


def test_nightly_check_tells_auditors_and_controllers_of_each_difference():
    cast.fund("100.00")
    for handle in ("auditor", "controller", "finance"):
        cast.person(handle)
    tamper("UPDATE grants_ledgeraccount SET balance = 150 WHERE place = 'available'")
    wrong = LedgerAccount.objects.get(place=Place.AVAILABLE)

    assert check_books() == 2

    check = BooksCheck.objects.get()
    assert check.differences == [
        f"account {wrong}: balance 150.00, postings sum to 100.00",
        "fund amos: available holds 150.00, its rounds leave 100.00",
    ]
    event = Event.objects.get(kind="bookscheck.fail")
    assert (event.thing_id, event.data) == (
        str(check.pk),
        {"count": 2, "first": check.differences},
    )
    seal_pending()
    fan_out()
    mails = Notification.objects.filter(kind="bookscheck.fail").order_by("address")
    assert [mail.person.name for mail in mails] == ["auditor", "controller"]
    assert f"- {check.differences[1]}\n" in mails[0].text


def test_many_differences_are_kept_up_to_a_thousand():
    tamper(
        "INSERT INTO grants_journalentry (reference, memo, amount, posting_count, currency, at)"
        " SELECT 'e' || n, '', 1, 2, 'CNY', now() FROM generate_series(1, 600) n"
    )

    check = run_books_check()

    assert len(check.differences) == 1000
    assert Event.objects.get(kind="bookscheck.fail").data["count"] == 1200


@pytest.mark.parametrize("handle", ["officer", "applicant", "superuser"])
def test_who_reads_no_money_checks_no_books(handle):
    with pytest.raises(PermissionDenied):
        run_books_check(by=cast.person(handle))

    assert BooksCheck.objects.count() == 0


def test_books_are_checked_every_night(settings):
    planned = settings.CELERY_BEAT_SCHEDULE["check_books"]

    assert planned == {"task": check_books.name, "schedule": crontab(hour=3, minute=15)}
    assert settings.CELERY_TIMEZONE == "Asia/Shanghai"
