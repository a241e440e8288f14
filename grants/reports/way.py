"""Where a grant stands: the bar that is the same on every page of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Award
from grants.events.models import Event

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
    """`state` is done, current or ahead; `at` is when it was last reached, where known."""

    label: str
    state: str
    at: datetime | None


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
    current = _position(application, next(iter(award), None), dates)
    return [
        Step(
            label,
            "done" if number < current else "current" if number == current else "ahead",
            dates.get(number) if number <= current else None,
        )
        for number, label in enumerate(labels())
    ]


def _position(application: Application, award_state: str | None, dates: dict) -> int:
    if award_state in BY_AWARD:
        return BY_AWARD[award_state]
    if award_state:
        return 5
    if application.state == "withdrawn":
        return max([number for number in dates if number < 4], default=0)
    return BY_APPLICATION[application.state]
