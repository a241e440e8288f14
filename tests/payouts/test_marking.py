"""Marks that calls are made now: never after a call, and taken off where none was made."""

import pytest

from grants.awards import services as awards
from grants.payouts.clock import database_now
from grants.payouts.models import PaymentAttempt
from grants.payouts.services import marking
from grants.payouts.services.marking import Marks
from grants.payouts.services.sending import Q, claim, lease
from tests import cast
from tests.payouts.way import released

pytestmark = pytest.mark.django_db
PREPARED = Q(state="prepared", called_at=None)


def marked() -> list[bool]:
    rows = PaymentAttempt.objects.order_by("pk").values_list("called_at", flat=True)
    return [called_at is not None for called_at in rows]


@pytest.fixture
def claimed() -> list[int]:
    released("ann", "bob", "cat")
    return claim(PREPARED)


def test_marks_are_made_together_before_the_first_call(claimed, django_assert_num_queries):
    marks = Marks(claimed)

    with django_assert_num_queries(1):
        may = [marks.may_call(key) for key in claimed]

    assert (may, marked()) == ([True] * 3, [True] * 3)
    least = PaymentAttempt.objects.order_by("lease_until").first().lease_until
    assert least - database_now() > lease() * 0.9


def test_what_was_not_called_is_taken_off(claimed):
    marks = Marks(claimed)
    marks.may_call(claimed[0])

    marks.take_off()

    assert marked() == [True, False, False]
    assert claim(PREPARED) == []  # the lease stays with this worker


def test_mark_is_given_once(claimed):
    marks = Marks(claimed)

    assert (marks.may_call(claimed[0]), marks.may_call(claimed[0])) == (True, False)


def test_old_mark_is_made_anew(claimed, monkeypatch):
    marks = Marks(claimed)
    marks.may_call(claimed[0])
    before = PaymentAttempt.objects.get(pk=claimed[1]).called_at
    monkeypatch.setattr(marking, "LONGEST_MARK_S", -1.0)

    assert marks.may_call(claimed[1])

    assert PaymentAttempt.objects.get(pk=claimed[1]).called_at > before


def test_stopped_award_gets_no_mark_and_the_others_do(claimed):
    stopped = PaymentAttempt.objects.get(pk=claimed[1]).payout.award
    awards.suspend(stopped, by=cast.person("officer"), reason="Looks odd")
    marks = Marks(claimed)

    may = [marks.may_call(key) for key in claimed]

    assert (may, marked()) == ([True, False, True], [True, False, True])


def test_mark_of_another_is_not_taken_off(claimed):
    marks = Marks(claimed)
    marks.may_call(claimed[0])
    later = database_now()
    PaymentAttempt.objects.filter(pk=claimed[1]).update(called_at=later)

    marks.take_off()

    assert marked() == [True, True, False]
