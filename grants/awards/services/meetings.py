"""Meetings of a committee: planned, led from item to item, and ended."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application, is_kept_from, kept_from
from grants.awards.models import Meeting, MeetingItem
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record, record_rows
from grants.programs.models import Round

MOST_ITEMS = 500


@transaction.atomic
def plan_meeting(
    round: Round, *, by, title: str, at: datetime, applications: Iterable[Application] = ()
) -> Meeting:
    """A meeting about applications of the round, in the order in which they are given."""
    require(by, "lead_meeting")
    meeting = Meeting(round=round, title=title, at=at, planned_by=by)
    meeting.save()
    record(meeting, "plan", by=by, data={"title": title}, to_state=meeting.state)
    add_items(meeting, applications, by=by)
    return meeting


@transaction.atomic
def add_items(meeting: Meeting, applications: Iterable[Application], *, by) -> int:
    """Puts applications at the end of the agenda; those that stand on it stay. Returns how many.

    Raises `Refused` for an application of another round, for one that is not in review or decided,
    and past the most that an agenda holds.
    """
    require(by, "lead_meeting", meeting)
    _refuse_ended(lock(meeting))
    wanted = list(dict.fromkeys(application.pk for application in applications))
    allowed = set(
        meeting.round.applications.filter(pk__in=wanted, state__in=["in_review", "decided"])
        .exclude(kept_from(by))
        .values_list("pk", flat=True)
    )
    if not allowed.issuperset(wanted):
        raise Refused(_("A meeting talks about applications of its round that are in review."))
    present = set(meeting.items.values_list("application", flat=True))
    new = [key for key in wanted if key not in present]
    if len(present) + len(new) > MOST_ITEMS:
        raise Refused(_("An agenda holds at most %(n)d applications.") % {"n": MOST_ITEMS})
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    rows = MeetingItem.objects.bulk_create(
        MeetingItem(meeting=meeting, application_id=key, position=position)
        for position, key in enumerate(new, start=last + 1)
    )
    made = MeetingItem.objects.filter(pk__in=[row.pk for row in rows])
    record_rows(made, "add", by=by, case="application__reference")
    return len(rows)


@transaction.atomic
def remove_item(item: MeetingItem, *, by) -> None:
    """Takes an application off the agenda, before the meeting has begun."""
    require(by, "lead_meeting", item.meeting)
    if lock(item.meeting).state != "planned":
        raise Refused(_("The meeting has begun: its agenda stays."))
    record(item, "remove", by=by)
    item.delete()


@transaction.atomic
def start_meeting(meeting: Meeting, *, by) -> None:
    """Shows the first item on every screen. Raises `Refused` for an empty agenda."""
    require(by, "lead_meeting", meeting)
    lock(meeting)
    first = meeting.items.order_by("position").first()
    if first is None:
        raise Refused(_("Put at least one application on the agenda."))
    advance(meeting, "start", by=by, place=first.position)


@transaction.atomic
def show_item(meeting: Meeting, *, by, step: int) -> None:
    """Goes on by `step` 1 or back by -1. No effect at either end of the agenda."""
    require(by, "lead_meeting", meeting)
    fresh = lock(meeting)
    if fresh.state != "running":
        raise Refused(_("The meeting is not running."))
    if step > 0:
        target = meeting.items.filter(position__gt=fresh.place).order_by("position").first()
    else:
        target = meeting.items.filter(position__lt=fresh.place).order_by("-position").first()
    if target is None:
        return
    Meeting.objects.filter(pk=meeting.pk).update(place=target.position)
    meeting.place = target.position
    record(meeting, "show", by=by, data={"position": target.position})


@transaction.atomic
def note_item(item: MeetingItem, *, by, note: str) -> None:
    """Keeps what the meeting noted about an application; the event has the note before."""
    require(by, "lead_meeting", item.meeting)
    if is_kept_from(by, item.application):
        raise Refused(_("You are out for this item."))
    fresh = lock(item.meeting)
    if fresh.state != "running":
        raise Refused(_("The meeting is not running."))
    before = lock(item).note
    if before == note:
        return
    MeetingItem.objects.filter(pk=item.pk).update(note=note)
    item.note = note
    record(item, "note", by=by, data={"note": note, "before": before})


@transaction.atomic
def end_meeting(meeting: Meeting, *, by) -> None:
    """Ends it: agenda and notes stay as they are."""
    require(by, "lead_meeting", meeting)
    advance(meeting, "end", by=by, ended_at=timezone.now())


def _refuse_ended(meeting: Meeting) -> None:
    if meeting.state == "ended":
        raise Refused(_("This meeting has ended."))
