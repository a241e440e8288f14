"""A day is closed when all of it is matched, and then stays as it is, whoever writes."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone, translation

from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import ClosedDay, Reconciliation, StatementLine
from grants.payouts.services.days import close_day, days_to_close
from grants.payouts.services.matching import match, unmatch
from grants.payouts.services.statements import set_aside, take_up
from tests import cast
from tests.ledger.books import raw, tamper
from tests.payouts.banking import debit, only_line, sent, upload, uploaded, yesterday
from tests.payouts.rails.bank import files
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def close(day=None, who: str = "controller"):
    return close_day(day or yesterday(), by=cast.person(who))


def told(day=None) -> str:
    with pytest.raises(Refused) as refused:
        close(day)
    assert not ClosedDay.objects.exists()
    return str(refused.value)


def paid_yesterday() -> None:
    tamper("UPDATE grants_payout SET paid_at = paid_at - interval '1 day'")


def test_day_is_closed_once_all_of_it_is_matched():
    (attempt,) = sent()
    uploaded(debit(attempt), files.entry("-5.00", day=str(yesterday())))
    paid_yesterday()
    fee = StatementLine.objects.get(state="open")
    assert told() == f"1 lines of {yesterday()} are still to be matched."
    (day,) = days_to_close()
    assert (day.lines, day.open, day.is_ready, str(day.money_out)) == (2, 1, False, "30005.00")
    set_aside(fee, by=cast.person("finance"), reason="fee")
    assert days_to_close()[0].is_ready is True

    closed = close()

    assert (closed.count, str(closed.money_in), str(closed.money_out)) == (2, "0.00", "30005.00")
    assert (len(closed.digest), closed.closed_by) == (64, cast.person("controller"))
    assert days_to_close() == []
    event = Event.objects.get(kind="closedday.close")
    assert (event.thing_id, event.data["digest"]) == (str(yesterday()), closed.digest)


def test_day_of_a_payout_without_a_line_is_not_closed():
    ann, bob = sent("ann", "bob")
    uploaded(debit(ann))
    upload(files.pain002(files.status(bob.number, "ACSC"), day=str(yesterday())))
    tamper("UPDATE grants_payout SET matched_at = NULL WHERE id = %s", bob.payout_id)
    paid_yesterday()

    assert told() == f"No bank line says that these were paid: {bob.payout.reference}."
    assert days_to_close()[0].unmatched == 1


def test_day_that_is_not_over_or_empty_is_not_closed():
    today = timezone.localdate()
    uploaded(files.entry("-5.00", day=str(today)))

    assert told(today) == f"{today} is not over yet."
    assert told() == f"There is no bank line of {yesterday()}."


def test_day_is_closed_once():
    closed_day()

    with pytest.raises(Refused) as refused:
        close()

    assert str(refused.value) == f"{yesterday()} is closed already."
    assert ClosedDay.objects.count() == 1


def closed_day() -> tuple:
    """A day with a match that moved nothing and a line set aside; the payment too."""
    (attempt,) = sent()
    upload(files.pain002(files.status(attempt.number, "ACSC")))
    uploaded(debit(attempt), files.entry("-5.00", day=str(yesterday())))
    fee = StatementLine.objects.select_related("statement").get(state="open")
    set_aside(fee, by=cast.person("finance"), reason="fee")
    close()
    line = StatementLine.objects.select_related("statement").get(
        says="paid", state="matched", booked_on=yesterday(), statement__kind="camt053"
    )
    return attempt, line, fee


def test_nothing_of_a_closed_day_changes():
    attempt, line, fee = closed_day()
    finance = cast.person("finance")
    deeds = [
        lambda: unmatch(line, by=finance, reason="x"),
        lambda: take_up(fee, by=finance),
        lambda: set_aside(fee, by=finance, reason="x"),
        lambda: match(fee, attempt, by=finance),
    ]

    for deed in deeds:
        with pytest.raises(Refused) as refused:
            deed()
        assert str(refused.value) == f"{yesterday()} is closed: nothing of it changes."
    with pytest.raises(Refused) as refused:
        uploaded(files.entry("-6.00", day=str(yesterday())))

    assert str(refused.value) == (
        f"{yesterday()} is closed, but this file has a line of it that is not known."
    )
    assert ClosedDay.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grants_statementline SET state = 'open'",
        "UPDATE grants_statementline SET reason = 'x'",
        "DELETE FROM grants_statementline",
        "DELETE FROM grants_reconciliation",
        "UPDATE grants_reconciliation SET confidence = 1",
        "UPDATE grants_closedday SET digest = ''",
        "DELETE FROM grants_closedday",
        "TRUNCATE grants_closedday",
    ],
)
def test_nothing_of_a_closed_day_changes_by_raw_sql(statement):
    closed_day()
    before = list(StatementLine.objects.order_by("pk").values())

    with pytest.raises(Exception, match=r"grants_|closed|append|stay|kept|change|cannot|only"):
        raw(statement)

    assert list(StatementLine.objects.order_by("pk").values()) == before
    assert (ClosedDay.objects.count(), Reconciliation.objects.count()) == (1, 2)


def test_old_statement_with_the_lines_of_a_closed_day_may_come_again():
    attempt, _line, _fee = closed_day()

    second = uploaded(debit(attempt), files.entry("-7.00", day=str(timezone.localdate())))

    assert (second.statement.count, second.statement.repeated) == (2, 1)


@pytest.mark.parametrize(
    "who", ["finance", "auditor", "officer", "approver", "applicant", "superuser"]
)
def test_only_the_controller_closes(who):
    uploaded(files.entry("-5.00", day=str(yesterday())))
    set_aside(only_line(), by=cast.person("finance"), reason="fee")

    with pytest.raises(PermissionDenied):
        close(who=who)

    assert not ClosedDay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_day_closed_while_a_line_is_taken_up_is_one_or_the_other():
    uploaded(files.entry("-5.00", day=str(yesterday())))
    set_aside(only_line(), by=cast.person("finance"), reason="fee")
    finance, controller = cast.person("finance"), cast.person("controller")

    done = together(
        lambda: close_day(yesterday(), by=controller),
        lambda: take_up(only_line(), by=finance),
    )

    assert sum(isinstance(found, Refused | IntegrityError) for found in done) == 1
    assert ClosedDay.objects.exists() == (only_line().state == "set_aside")


def test_days_to_close_cost_the_same_however_many(django_assert_num_queries):
    for count in (1, 30):
        uploaded(*(files.entry(f"-{n + 1}.00", day=f"2026-01-{n + 1:02d}") for n in range(count)))
        with django_assert_num_queries(2):
            assert len(days_to_close()) == count
