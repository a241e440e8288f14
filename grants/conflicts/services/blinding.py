"""Submissions of blind rounds are looked through before reviewers read them."""

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from grants.applications.lifecycle import BlindCheckState
from grants.applications.models import BlindCheck, Submission
from grants.conflicts.blind.scanning import findings_in
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, record

READ = ("submitted", "screening", "in_review")
AT_ONCE = 20
# An officer reads of these, and is not asked: most forms want a link.
ONLY_LISTED = ("link", "unread")


def _unchecked():
    """The latest submissions of blind rounds that nobody has looked through."""
    latest = Submission.objects.filter(application=OuterRef("application")).order_by("-number")
    rows = Submission.objects.filter(
        application__round__is_blind=True, application__state__in=READ, blind_check=None
    )
    return rows.filter(pk=Subquery(latest.values("pk")[:1])).order_by("pk")


def check_waiting(limit: int = AT_ONCE) -> int:
    """Looks through what waits, outside of transactions; returns how many submissions."""
    rows = _unchecked().select_related("application__organisation")[:limit]
    return sum(1 for submission in rows if check(submission) is not None)


def check(submission: Submission) -> BlindCheck | None:
    """Reads everything and writes down what tells; None where another was faster."""
    findings = findings_in(submission)
    is_telling = any(row["kind"] not in ONLY_LISTED for row in findings)
    state = BlindCheckState.TELLS if is_telling else BlindCheckState.CLEAN
    try:
        with transaction.atomic():
            done = BlindCheck.objects.create(
                application=submission.application,
                submission=submission,
                findings=findings,
                state=state,
            )
            record(done, "check", by=None, data={"found": len(findings)}, to_state=state.value)
    except IntegrityError:
        return None
    return done


@transaction.atomic
def let_pass(check: BlindCheck, *, by, reason: str) -> None:
    """An officer's word that reviewers may read it as it is."""
    require(by, "screen_application", check.application)
    if not reason.strip():
        raise Refused(_("Say why reviewers may read it as it is."), field="reason")
    words = reason.strip()
    advance(check, "let_pass", by=by, let_pass_by=by, reason=words, data={"reason": words})
