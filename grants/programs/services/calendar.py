"""What the clock opens and closes."""

from collections.abc import Callable
from contextlib import suppress

from django.db.models import QuerySet
from django.utils import timezone

from grants.core.errors import Refused
from grants.programs.models import Round
from grants.programs.services.rounds import close_round, open_round


def run_calendar() -> int:
    """Opens and closes what the clock says; returns how many rounds moved."""
    now = timezone.now()
    moved = _move_all(Round.objects.filter(state="scheduled", opens_at__lte=now), open_round)
    return moved + _move_all(Round.objects.filter(state="open", closes_at__lte=now), close_round)


def _move_all(rounds: QuerySet[Round], service: Callable) -> int:
    """How many of the rounds moved; another calendar may have moved the others meanwhile."""
    moved = 0
    for round in rounds.order_by("pk"):
        with suppress(Refused):
            service(round, by=None)
            moved += 1
    return moved
