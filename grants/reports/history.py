"""What happened to an organisation: its details, members, invitations and licence."""

from django.db.models import Q
from django.utils.translation import gettext as _

from grants.accounts.models import DESK_READERS, MemberRole, Organisation
from grants.core.regions import region_name
from grants.events.models import Event
from grants.reports.timeline import LONGEST, Happened, told_by

BY_THE_FUND = ("licence.verify", "licence.refuse")

LABELS = {
    "name": Organisation._meta.get_field("name"),
    "credit_code": Organisation._meta.get_field("credit_code"),
    "identity_tail": Organisation._meta.get_field("identity_tail"),
    "legal_representative": Organisation._meta.get_field("legal_representative"),
    "region": Organisation._meta.get_field("region"),
    "website": Organisation._meta.get_field("website"),
}


def history_of(organisation: Organisation, user) -> list[Happened]:
    """The newest events, newest first, with before and after; at most `LONGEST`. One query.

    Members read “The fund” for its people; who asked to join and who left have their names.
    """
    is_desk = user.has_role(*DESK_READERS) and not organisation.role_of(user)
    itself = Q(thing_type="organisation", thing_id=str(organisation.pk))
    events = Event.objects.filter(itself | Q(reference=organisation.reference))
    return [
        Happened(event.label, _actor(event, is_desk), event.at, _words(event.data))
        for event in events.select_related("actor").order_by("-id")[:LONGEST]
    ]


def _actor(event: Event, is_desk: bool) -> str:
    return told_by(event, set() if event.kind in BY_THE_FUND and not is_desk else None)


def _words(data: dict) -> str:
    """Who or what it was about, and what changed."""
    parts = [str(data[key]) for key in ("email", "reason") if data.get(key)]
    if data.get("role"):
        parts.append(_role(data["role"]))
    before, after = data.get("before", {}), data.get("after", {})
    parts += [_change(field, before.get(field, ""), after[field]) for field in sorted(after)]
    return " · ".join(parts)


def _change(field: str, before: str, after: str) -> str:
    if field == "role":
        return f"{_role(before)} → {_role(after)}"
    if field == "region":
        before, after = region_name(before), region_name(after)
    label = LABELS[field].verbose_name if field in LABELS else field
    return _("%(what)s: %(before)s → %(after)s") % {
        "what": label,
        "before": before or "—",
        "after": after or "—",
    }


def _role(value: str) -> str:
    return str(dict(MemberRole.choices).get(value, value))
