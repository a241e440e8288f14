"""What a meeting shows to whom."""

from dataclasses import dataclass

from django.db.models import QuerySet

from grants.accounts.models import DESK_READERS, Role, User
from grants.applications.models import Application, kept_from, those_kept_from
from grants.awards.models import Meeting, MeetingItem


def kept_out(application: Application) -> QuerySet[User]:
    """The people of desk and panel who must not be in the room for this case."""
    barred = those_kept_from(Application.objects.filter(pk=application.pk))
    people = User.objects.filter(barred, groups__name__in=[*DESK_READERS, Role.REVIEWER])
    return people.distinct().order_by("name", "pk")


@dataclass(frozen=True)
class Screen:
    """What one person sees of a meeting now.

    `item` is None before the start, after the end, and where the person must be out (`is_out`).
    `number` of `total` counts the items that the person may see.
    """

    meeting: Meeting
    item: MeetingItem | None
    is_out: bool
    number: int
    total: int
    shows_scores: bool


def items_for(meeting: Meeting, user) -> QuerySet[MeetingItem]:
    """The agenda as far as the person may see it."""
    return meeting.items.exclude(
        pk__in=MeetingItem.objects.filter(kept_from(user, "application__"), meeting=meeting).values(
            "pk"
        )
    ).order_by("position")


def screen_for(meeting: Meeting, user) -> Screen:
    """Scores are for the desk; a reviewer who has yet to score learns nobody's."""
    seen = list(items_for(meeting, user).values_list("pk", "position"))
    now = next((pk for pk, position in seen if position == meeting.place), None)
    is_running = meeting.state == "running"
    item = None
    if is_running and now:
        item = MeetingItem.objects.select_related(
            "application__round__program__fund", "application__organisation"
        ).get(pk=now)
    is_out = bool(is_running and not item and meeting.place)
    number = sum(1 for _pk, position in seen if position <= meeting.place)
    shows_scores = user.has_role(*DESK_READERS)
    return Screen(meeting, item, is_out, number if item else 0, len(seen), shows_scores)
