"""A conflict is declared, recorded and judged; the reviewer it bars steps back, or comes back."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications.models import (
    Application,
    ConflictOfInterest,
    ConflictSource,
    StandingConflict,
)
from grants.applications.services import conflicts
from grants.core.errors import Refused
from grants.core.policy import require
from grants.reviews.services import come_back, stand_back


def reason_of(conflict: ConflictOfInterest) -> str:
    """For the assignment that it ends: the kind alone, in the words of the portal's language."""
    return _("Conflict of interest: %(kind)s.") % {"kind": conflict.get_kind_display()}


@transaction.atomic
def declare(application: Application, *, by, kind: str, note: str) -> ConflictOfInterest:
    """The person's own word; from then on nothing of the case is shown to them."""
    require(by, "declare_conflict", application)
    return _barred(application, by, by=by, kind=kind, note=note, source=ConflictSource.DECLARED)


@transaction.atomic
def record_for(application: Application, person, *, by, kind: str, note: str) -> ConflictOfInterest:
    """What somebody knows of another. Raises `Refused` for oneself and for who has no role."""
    require(by, "record_conflict", application)
    if person.pk == by.pk:
        raise Refused(
            _("Declare your own conflict on the page of the application."), field="person"
        )
    if not person.roles:
        raise Refused(_("%(person)s has no role at the desk.") % {"person": person}, field="person")
    return _barred(application, person, by=by, kind=kind, note=note, source=ConflictSource.OFFICER)


def _barred(application: Application, person, *, by, note: str, **words) -> ConflictOfInterest:
    if not note.strip():
        raise Refused(_("Say in a few words what the conflict is."), field="note")
    conflict = conflicts.report(application, person, by=by, note=note, **words)
    stand_back(application, person, by=by, reason=note.strip())
    return conflict


@transaction.atomic
def confirm(conflict: ConflictOfInterest, *, by, reason: str) -> None:
    """It is one: the person stays barred, and a review that stands no longer does."""
    conflicts.judge(conflict, "confirm", by=by, reason=reason)
    stand_back(conflict.application, conflict.person, by=by, reason=reason_of(conflict))


@transaction.atomic
def dismiss(conflict: ConflictOfInterest, *, by, reason: str) -> None:
    """It is none: the person is let in again, and a recused review comes back."""
    conflicts.judge(conflict, "dismiss", by=by, reason=reason)
    come_back(conflict.application, conflict.person, by=by)


@transaction.atomic
def declare_standing(
    person, *, by, organisation: str, kind: str, note: str = ""
) -> StandingConflict:
    """As the row says; reviews of the organisation's applications that stand no longer do."""
    row = conflicts.declare_standing(person, by=by, organisation=organisation, kind=kind, note=note)
    reason = _("Standing conflict: %(kind)s.") % {"kind": row.get_kind_display()}
    for application in _reviewed(row):
        stand_back(application, person, by=by, reason=reason)
    return row


def _reviewed(row: StandingConflict):
    cases = Application.objects.filter(
        organisation=row.organisation, assignments__reviewer=row.person, state="in_review"
    )
    return cases.order_by("pk")


@transaction.atomic
def end_standing(row: StandingConflict, *, by, reason: str) -> None:
    """Ends it; reviews that it recused come back, where nothing else bars the person."""
    conflicts.end_standing(row, by=by, reason=reason)
    for application in _reviewed(row):
        come_back(application, row.person, by=by)
