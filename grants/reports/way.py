"""Where a grant stands: the bar that is the same on every page of it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Award
from grants.events.models import Event
from grants.programs.models import Round

BY_APPLICATION = {
    "draft": 0,
    "submitted": 1,
    "returned": 1,
    "screening": 2,
    "ineligible": 2,
    "in_review": 3,
    "decided": 4,
}
BY_AWARD = {"offered": 5, "accepted": 6, "active": 6, "suspended": 6, "completed": 8}
DATED = {
    "application.start": 0,
    "application.submit": 1,
    "application.pass": 2,
    "application.fail": 2,
    "decision.release": 4,
    "award.accept": 5,
    "milestone.accept": 6,
    "payout.settle": 7,
}


@dataclass(frozen=True)
class Step:
    """`state` is done, current or ahead; `at` is when it was last reached, where known.

    `expected` is the day by which a step that is not done yet should be reached, where the round or
    the award says one.
    """

    label: str
    state: str
    at: datetime | None
    expected: date | None = None


def labels() -> list[str]:
    return [
        _("Form"),
        _("Submitted"),
        _("Screening"),
        _("Review"),
        _("Decision"),
        _("Award"),
        _("Milestones"),
        _("Paid"),
    ]


def way_of(application: Application) -> list[Step]:
    """The eight steps. Costs two queries; tells nothing that was not released."""
    rows = (
        Event.objects.filter(case=application.reference, kind__in=DATED)
        .values_list("kind")
        .annotate(last=Max("at"))
    )
    dates = {DATED[kind]: last for kind, last in rows}
    award = Award.objects.filter(application=application, decision__state="released").values_list(
        "state", flat=True
    )
    state = next(iter(award), None)
    current = _position(application, state, dates)
    ahead = expected_of(application.round) if _goes_on(application, state) else {}
    return [
        Step(
            label,
            "done" if number < current else "current" if number == current else "ahead",
            dates.get(number) if number <= current else None,
            ahead.get(number) if number >= current else None,
        )
        for number, label in enumerate(labels())
    ]


def expected_of(round: Round) -> dict[int, date]:
    """The days that the round promises: its close for the form, then reviews and decision."""
    days = {
        1: timezone.localdate(round.closes_at),
        3: round.reviews_end_on,
        4: round.decision_on,
    }
    return {number: day for number, day in days.items() if day}


def _goes_on(application: Application, award_state: str | None) -> bool:
    return award_state is None and application.state not in ("ineligible", "withdrawn", "decided")


def _position(application: Application, award_state: str | None, dates: dict) -> int:
    if award_state in BY_AWARD:
        return BY_AWARD[award_state]
    if award_state:
        return 5
    if application.state == "withdrawn":
        return max([number for number in dates if number < 4], default=0)
    return BY_APPLICATION[application.state]
