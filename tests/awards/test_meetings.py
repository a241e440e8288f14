"""Meetings: who leads, what is shown, and what stays."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from grants.awards.models import Meeting, MeetingItem
from grants.awards.selectors import kept_out, screen_for
from grants.awards.services import meetings
from grants.core.errors import Refused
from grants.events.models import Event
from tests import boards, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def planned(*owners: str) -> Meeting:
    round = boards.round_in_review()
    cases = [boards.case_of(owner) for owner in owners or ("ann", "ben")]
    return meetings.plan_meeting(
        round, by=cast.person("officer"), title="Spring", at=timezone.now(), applications=cases
    )


def running(*owners: str) -> Meeting:
    meeting = planned(*owners)
    meetings.start_meeting(meeting, by=cast.person("officer"))
    return meeting


def shown(meeting: Meeting, handle: str) -> str:
    meeting.refresh_from_db()
    screen = screen_for(meeting, cast.person(handle))
    return screen.item.application.created_by.name if screen.item else f"out={screen.is_out}"


def test_goes_there_and_back_and_stays_at_the_ends():
    meeting, by = running(), cast.person("officer")

    seen = [shown(meeting, "auditor")]
    for step in (-1, 1, 1, -1):
        meetings.show_item(meeting, by=by, step=step)
        seen.append(shown(meeting, "auditor"))

    assert seen == ["ann", "ann", "ben", "ben", "ann"]
    kinds = Event.objects.filter(thing_type="meeting").order_by("id")
    assert [event.kind for event in kinds] == [
        "meeting.plan", "meeting.start", "meeting.show", "meeting.show"
    ]  # fmt: skip


def test_nothing_is_shown_before_the_start_and_after_the_end():
    meeting = planned()

    assert shown(meeting, "officer") == "out=False"
    meetings.start_meeting(meeting, by=cast.person("officer"))
    meetings.end_meeting(meeting, by=cast.person("officer"))
    assert shown(meeting, "officer") == "out=False"


@pytest.mark.parametrize("handle", ["auditor", "reviewer"])
def test_conflict_sends_out_for_that_item_alone(handle):
    meeting = running()
    boards.bar(handle, boards.case_of("ann"))

    assert shown(meeting, handle) == "out=True"
    assert list(kept_out(boards.case_of("ann"))) == [cast.person(handle)]
    meetings.show_item(meeting, by=cast.person("officer"), step=1)
    assert shown(meeting, handle) == "ben"


def test_dismissed_conflict_lets_in_again():
    meeting = running()
    conflict = boards.bar("auditor", boards.case_of("ann"))
    type(conflict).objects.filter(pk=conflict.pk).update(state="dismissed")

    assert shown(meeting, "auditor") == "ann"


def test_reviewer_learns_no_scores():
    meeting = running()

    assert not screen_for(meeting, cast.person("reviewer")).shows_scores
    assert screen_for(meeting, cast.person("auditor")).shows_scores


@pytest.mark.parametrize(("handle", "sees"), [("reviewer", 1), ("reviewer3", 0), ("applicant", 0)])
def test_reviewers_of_the_round_see_its_meetings(handle, sees):
    planned()

    assert Meeting.objects.visible_to(cast.person(handle)).count() == sees


@pytest.mark.parametrize("handle", ["auditor", "finance", "reviewer", "applicant"])
def test_others_do_not_lead(handle):
    meeting = planned()

    with pytest.raises(PermissionDenied):
        meetings.start_meeting(meeting, by=cast.person(handle))


def test_same_application_stands_once_and_strangers_are_refused():
    meeting, by = planned("ann"), cast.person("officer")

    assert meetings.add_items(meeting, [boards.case_of("ann"), boards.case_of("cat")], by=by) == 1
    other = cast.submitted("eve", round=cast.open_round("round-2"))
    with pytest.raises(Refused):
        meetings.add_items(meeting, [other], by=by)
    boards.bar("officer", boards.case_of("dan"))
    with pytest.raises(Refused):
        meetings.add_items(meeting, [boards.case_of("dan")], by=by)


def test_empty_agenda_does_not_start():
    meeting, by = planned("ann"), cast.person("officer")
    meetings.remove_item(meeting.items.get(), by=by)

    with pytest.raises(Refused):
        meetings.start_meeting(meeting, by=by)


def test_note_is_kept_and_who_is_out_writes_none():
    meeting, by = running(), cast.person("officer")
    item = meeting.items.first()
    meetings.note_item(item, by=by, note="Fund in part.")
    boards.bar("approver", item.application)

    with pytest.raises(Refused):
        meetings.note_item(item, by=cast.person("approver"), note="No.")
    item.refresh_from_db()
    assert item.note == "Fund in part."
    event = Event.objects.get(kind="meetingitem.note")
    assert event.case == item.application.reference


def test_agenda_stays_once_the_meeting_runs_and_all_once_it_ended():
    meeting, by = running(), cast.person("officer")
    item = meeting.items.first()

    with pytest.raises(Refused):
        meetings.remove_item(item, by=by)
    meetings.end_meeting(meeting, by=by)
    for verb in (
        lambda: meetings.note_item(item, by=by, note="Later."),
        lambda: meetings.show_item(meeting, by=by, step=1),
        lambda: meetings.add_items(meeting, [boards.case_of("cat")], by=by),
    ):
        with pytest.raises(Refused):
            verb()
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingItem.objects.filter(pk=item.pk).update(note="By hand.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(title="By hand.")
