"""A circuit breaker for each rail: one that answers only errors is left alone for a while."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import record
from grants.payouts.clock import database_now
from grants.payouts.models import RailHealth
from grants.payouts.rails.protocol import Answer, Outcome

ERRORS_IN_A_ROW = 5
SHORTEST_STOP = timedelta(seconds=10)
FINE = (Outcome.PAID, Outcome.SENT, Outcome.REFUSED, Outcome.RETURNED, Outcome.NOT_FOUND)


def stopped_now() -> dict[str, str]:
    """The rails that nothing is sent over at this moment, with the reason."""
    stopped = RailHealth.objects.exclude(stopped_at=None)
    now = database_now()
    return {row.rail: row.reason for row in stopped if row.retry_at is None or row.retry_at > now}


def on_trial() -> set[str]:
    """The rails whose pause is over: one call shows whether they answer again."""
    return set(
        RailHealth.objects.filter(stopped_at__isnull=False, retry_at__lte=database_now())
        .values_list("rail", flat=True)
    )  # fmt: skip


@transaction.atomic
def note(rail: str, answer: Answer) -> bool:
    """Counts errors in a row; the rail is stopped after some, or at once where it says so.

    Whether it is stopped now.
    """
    if answer.outcome in FINE:
        if RailHealth.objects.filter(rail=rail).exclude(failures=0, stopped_at=None).exists():
            _recover(_locked(rail))
        return False
    health = _locked(rail)
    health.failures += 1
    if answer.outcome == Outcome.STOP or health.failures >= ERRORS_IN_A_ROW:
        _stop(health, f"{answer.code} {answer.message}".strip())
    health.save()
    return health.stopped_at is not None


def _locked(rail: str) -> RailHealth:
    RailHealth.objects.get_or_create(rail=rail)
    return RailHealth.objects.select_for_update().get(rail=rail)


def _recover(health: RailHealth) -> None:
    if health.stopped_at and health.retry_at is None:
        return  # a person stopped it, and only a person lets it go on
    was_stopped = health.stopped_at is not None
    health.failures, health.stopped_at, health.retry_at, health.reason = 0, None, None, ""
    health.save()
    if was_stopped:
        record(health, "resume", by=None)


def _stop(health: RailHealth, reason: str) -> None:
    if health.stopped_at and health.retry_at is None:
        return
    is_news = health.stopped_at is None
    now = database_now()
    health.stopped_at = health.stopped_at or now
    health.retry_at = now + pause(health.failures - ERRORS_IN_A_ROW)
    health.reason = reason
    if is_news:
        record(health, "stop", by=None, data={"reason": reason, "until": health.retry_at})


def pause(times: int) -> timedelta:
    """Twice as long each time, up to RAIL_LONGEST_STOP_S, and up to a quarter less."""
    longest = timedelta(seconds=settings.RAIL_LONGEST_STOP_S)
    base = min(SHORTEST_STOP * 2 ** min(max(times, 0), 10), longest)
    return base * random.uniform(0.75, 1)  # noqa: S311 (spreads load; no secret)


@transaction.atomic
def stop_rail(rail: str, *, by, reason: str) -> None:
    """Stops a rail until a person lets it go on. What is under way is not asked about either."""
    require(by, "stop_rail")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    health = _locked(rail)
    health.stopped_at, health.retry_at = database_now(), None
    health.stopped_by, health.reason = by, reason.strip()
    health.save()
    record(health, "stop", by=by, data={"reason": reason.strip()})


@transaction.atomic
def resume_rail(rail: str, *, by) -> None:
    """Lets a rail go on at once, whoever or whatever stopped it."""
    require(by, "stop_rail")
    health = _locked(rail)
    if health.stopped_at is None:
        raise Refused(_("This rail is not stopped."))
    health.failures, health.stopped_at, health.retry_at = 0, None, None
    health.stopped_by, health.reason = None, ""
    health.save()
    record(health, "resume", by=by)


def next_question(asked: int, first: timedelta, longest: timedelta) -> datetime:
    """When to ask again: twice as long each time, with jitter, by PostgreSQL's clock."""
    base = min(first * 2 ** min(asked, 12), longest)
    return database_now() + base * random.uniform(0.75, 1)  # noqa: S311
