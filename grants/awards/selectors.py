"""Whom a case is kept from, and what a meeting shows to whom."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from grants.accounts.models import DESK_READERS, User
from grants.applications.models import Application, ConflictOfInterest
from grants.awards.models import Meeting, MeetingItem
from grants.reviews.models import STANDING, Assignment


def kept_from(user, prefix: str = "") -> Q:
    """The cases of which the person must see nothing; `prefix` leads to the application.

    Those of own organisations, with a conflict that bars, and those from which they recused.
    """
    barred = ConflictOfInterest.objects.barring().filter(person=user).values("application")
    recused = Assignment.objects.filter(reviewer=user, state="recused").values("application")
    own = Q(**{f"{prefix}organisation__in": user.own_organisations})
    return own | Q(**{f"{prefix}pk__in": barred}) | Q(**{f"{prefix}pk__in": recused})


def is_kept_from(user, application: Application) -> bool:
    return Application.objects.filter(kept_from(user), pk=application.pk).exists()


def kept_out(application: Application) -> QuerySet[User]:
    """The people of desk and panel who must not be in the room for this case."""
    barred = ConflictOfInterest.objects.barring().filter(application=application)
    recused = Assignment.objects.filter(application=application, state="recused")
    inside = application.organisation.memberships.values("user")
    reviewers = Assignment.objects.filter(
        application__round=application.round_id, state__in=STANDING
    ).values("reviewer")
    people = User.objects.filter(
        Q(pk__in=barred.values("person"))
        | Q(pk__in=recused.values("reviewer"))
        | Q(pk__in=inside) & (Q(groups__name__in=DESK_READERS) | Q(pk__in=reviewers))
    )
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
