"""Commits that attempts are called now, a few by one statement: a commit for each would take longer
than the call.

An attempt is never called before its mark was committed. What was marked and not called within a
second is taken off again; a worker that dies in between leaves marks without an answer, and the
rail is asked about those as about any other.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from grants.awards.lifecycle import IN_FORCE

TOGETHER = 10
LONGEST_MARK_S = 1.0
# One instant for all, so that a mark is told from a later one.
MARK = """
    WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS instant)
    UPDATE grants_paymentattempt attempt
       SET called_at = clock.instant, lease_until = clock.instant + %(lease)s
      FROM clock, grants_payout payout
      JOIN grants_payee payee ON payee.id = payout.payee_id
      JOIN grants_milestone milestone ON milestone.id = payout.milestone_id
      JOIN grants_award award ON award.id = milestone.award_id
     WHERE attempt.id = ANY(%(attempts)s) AND payout.id = attempt.payout_id
       AND (attempt.state, payout.state) IN (('prepared', 'sending'))
       AND attempt.called_at IS NULL
       AND (attempt.exchange <> '[]'
            OR payee.state IN ('verified') AND award.state::text = ANY(%(in_force)s))
 RETURNING attempt.id, attempt.called_at
"""
TAKE_OFF = """
    UPDATE grants_paymentattempt SET called_at = NULL
     WHERE id = ANY(%s) AND state = 'prepared' AND called_at = %s
"""


def lease() -> timedelta:
    return timedelta(seconds=settings.PAYMENT_LEASE_S)


class Marks:
    """The marks of one worker over the attempts that it claimed, in the order of its calls."""

    def __init__(self, claimed: Iterable[int]) -> None:
        self._waiting = list(claimed)
        self._held: set[int] = set()
        self._at: datetime | None = None
        self._since = 0.0

    def may_call(self, attempt: int) -> bool:
        """Whether it is marked as called now, by this worker; the mark is used up.

        False where it must not be called: it was settled or marked by others, or its award or its
        account was stopped. One that was called before goes again under its number, whatever was
        stopped since.
        """
        if attempt not in self._held or self._age() > self._longest():
            self._mark(attempt)
        if attempt not in self._held:
            return False
        self._held.discard(attempt)
        return True

    def slept(self) -> bool:
        """The lease may be over by now, and others may know more."""
        return self._age() > lease().total_seconds() / 2

    def take_off(self) -> None:
        """Nothing that is still marked was called. The lease stays."""
        if self._held:
            with connection.cursor() as cursor:
                cursor.execute(TAKE_OFF, [list(self._held), self._at])
        self._held = set()

    def _mark(self, first: int) -> None:
        self.take_off()
        start = self._waiting.index(first)
        values: dict[str, Any] = {
            "attempts": self._waiting[start : start + TOGETHER],
            "lease": lease(),
            "in_force": list(IN_FORCE),
        }
        self._since = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(MARK, values)
            marked = cursor.fetchall()
        self._held = {key for key, _at in marked}
        self._at = marked[0][1] if marked else None

    def _age(self) -> float:
        return time.monotonic() - self._since

    def _longest(self) -> float:
        return min(LONGEST_MARK_S, lease().total_seconds() / 4)
