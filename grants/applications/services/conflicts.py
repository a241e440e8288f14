"""Conflicts of interest as rows; what follows from one is for the callers above."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import IdempotentCall, Organisation
from grants.applications.models import (
    BARRING,
    Application,
    ConflictKind,
    ConflictOfInterest,
    ConflictSource,
    StandingConflict,
    forget_conflicts,
)
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record

UNJUDGED = {"judged_by": None, "judged_at": None, "judgement": ""}
WORDS = ConflictSource.DECLARED, ConflictSource.OFFICER


def _known_kind(kind: str) -> ConflictKind:
    if kind not in ConflictKind.values:
        raise Refused(_("Choose what kind of conflict it is."), field="kind")
    return ConflictKind(kind)


@transaction.atomic
def report(
    application: Application, person, *, by, kind: str, source: str, note: str = "", evidence=None
) -> ConflictOfInterest:
    """Bars the person from the case at once, until somebody else judges.

    The same kind again is the same conflict. What was dismissed comes back where somebody says it
    anew, not where the data say the same as before. Answers of API calls that name the case are
    forgotten, so that none is played again.
    """
    found_kind = _known_kind(kind)
    lock(application)
    told = {"person": person.pk, "kind": found_kind.value, "source": source}
    conflict = ConflictOfInterest.objects.filter(
        application=application, person=person, kind=found_kind
    ).first()
    if conflict is None:
        conflict = ConflictOfInterest.objects.create(
            application=application,
            person=person,
            kind=found_kind,
            source=source,
            note=note.strip(),
            evidence=evidence or {},
        )
        record(conflict, "report", by=by, data=told, to_state=conflict.state)
    elif conflict.state not in BARRING and source in WORDS:
        advance(conflict, "report", by=by, data=told, note=note.strip(), **UNJUDGED)
    forget_conflicts(person, *([by] if by else []))
    IdempotentCall.objects.filter(user=person, body__contains=application.reference).delete()
    return conflict


@transaction.atomic
def judge(conflict: ConflictOfInterest, verb: str, *, by, reason: str) -> None:
    """`verb` is confirm or dismiss; the reason is kept. Nobody judges an own conflict."""
    require(by, "judge_conflict", conflict)
    if not reason.strip():
        raise Refused(_("Say why you judge so."), field="reason")
    lock(conflict.application)
    advance(
        conflict,
        verb,
        by=by,
        judged_by=by,
        judged_at=timezone.now(),
        judgement=reason.strip(),
        data={"person": conflict.person_id, "reason": reason.strip()},
    )
    forget_conflicts(conflict.person)


def _named(words: str) -> Organisation:
    """By its whole name or its credit code: nobody searches here for who is registered."""
    text = words.strip()
    rows = Organisation.objects.filter(credit_code=text.upper()) if text else None
    found = (rows and rows.first()) or Organisation.objects.filter(name__iexact=text).first()
    if not text or found is None:
        raise Refused(
            _("No organisation of this name or credit code is registered here."),
            field="organisation",
        )
    return found


@transaction.atomic
def declare_standing(
    person, *, by, organisation: str, kind: str, note: str = ""
) -> StandingConflict:
    """Bars the person from all applications of an organisation. The same again is the same row.

    `organisation` is its whole name or its credit code.
    """
    require(by, "declare_standing_conflict", person)
    found_kind, found = _known_kind(kind), lock(_named(organisation))
    standing = StandingConflict.objects.in_force().filter(person=person, organisation=found)
    if row := standing.first():
        return row
    row = StandingConflict.objects.create(
        person=person, organisation=found, kind=found_kind, note=note.strip(), declared_by=by
    )
    record(row, "declare", by=by, data={"person": person.pk, "kind": found_kind.value})
    forget_conflicts(person, by)
    return row


@transaction.atomic
def end_standing(row: StandingConflict, *, by, reason: str) -> None:
    """Lets the person see the organisation's applications again; somebody else decides that."""
    require(by, "end_standing_conflict", row)
    if not reason.strip():
        raise Refused(_("Say why it has ended."), field="reason")
    if lock(row).ended_at:
        raise Refused(_("This standing conflict has ended."))
    row.ended_at, row.ended_by, row.end_reason = timezone.now(), by, reason.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    record(row, "end", by=by, data={"person": row.person_id, "reason": row.end_reason})
    forget_conflicts(row.person, by)
