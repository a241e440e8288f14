"""Conflicts that the data tell of: after each submission, for new people, and nightly."""

from collections.abc import Iterable

from django.db import transaction

from grants.accounts.models import Role, User
from grants.applications.models import Application, ConflictOfInterest, ConflictSource
from grants.applications.services import conflicts
from grants.conflicts.detection import detect
from grants.conflicts.services.judging import reason_of
from grants.core.policy import require
from grants.events.models import EventSeal, Reader
from grants.programs.models import Round
from grants.reviews.services import stand_back

READER = "conflicts"
OPEN = ("submitted", "screening", "returned", "in_review")
AT_ONCE = 2000
TOUCHING = ("application.submit", "user.grant_role")


def desk() -> list[int]:
    """Everybody with a role."""
    return list(User.objects.with_role(*Role.values).values_list("pk", flat=True))


def look_at(applications: Iterable[int], people: Iterable[int]) -> int:
    """Bars who has to do with an applicant; returns how many conflicts are new.

    What was found before stays as it was judged. One transaction for each conflict.
    """
    cases, persons = list(applications), list(people)
    known = set(
        ConflictOfInterest.objects.filter(application__in=cases, person__in=persons).values_list(
            "application_id", "person_id", "kind"
        )
    )
    fresh = [
        row
        for row in detect(cases, persons)
        if (row.application, row.person, row.kind) not in known
    ]
    rows = Application.objects.in_bulk({row.application for row in fresh})
    users = User.objects.in_bulk({row.person for row in fresh})
    for row in fresh:
        _bar(rows[row.application], users[row.person], row.kind, what=row.what, other=row.other)
    return len(fresh)


@transaction.atomic
def _bar(application: Application, person: User, kind: str, **evidence: str) -> None:
    conflict = conflicts.report(
        application,
        person,
        by=None,
        kind=kind,
        source=ConflictSource.DETECTED,
        evidence=evidence,
    )
    stand_back(application, person, by=None, reason=reason_of(conflict))


def look_through(round: Round, *, by) -> int:
    """All of a round that is not decided, against everybody at the desk; how many are new."""
    require(by, "find_conflicts", round)
    cases = Application.objects.filter(round=round, state__in=OPEN).exclude(submitted_at=None)
    return look_at(cases.values_list("pk", flat=True), desk())


def look_everywhere() -> int:
    """As `look_through`, of every round; a few thousand cases at a time."""
    rows = Application.objects.filter(state__in=OPEN).exclude(submitted_at=None)
    keys, people, found = list(rows.values_list("pk", flat=True)), desk(), 0
    for start in range(0, len(keys), AT_ONCE):
        found += look_at(keys[start : start + AT_ONCE], people)
    return found


def follow(limit: int = 500) -> int:
    """Looks at what was submitted and at who got a role since it looked last; how many events.

    The mails of the same events are written after this: who is barred here gets none.
    """
    with transaction.atomic():
        Reader.objects.get_or_create(name=READER)
        reader = Reader.objects.select_for_update(skip_locked=True).filter(name=READER).first()
        if reader is None:
            return 0
        seals = list(
            EventSeal.objects.filter(sequence__gt=reader.sequence)
            .select_related("event")
            .order_by("sequence")[:limit]
        )
        events = [seal.event for seal in seals if seal.event.kind in TOUCHING]
        sent = [event.thing_id for event in events if event.thing_type == "application"]
        joined = [int(event.thing_id) for event in events if event.thing_type == "user"]
        look_at([int(key) for key in sent], desk() if sent else [])
        if joined:
            open_ones = Application.objects.filter(state__in=OPEN).exclude(submitted_at=None)
            look_at(open_ones.values_list("pk", flat=True), joined)
        if seals:
            reader.sequence = seals[-1].sequence
            reader.save(update_fields=["sequence"])
    return len(seals)
