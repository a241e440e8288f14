"""The life of a promise: accepted, declined, suspended, ended."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.awards.models import Award
from grants.awards.services.books import give_back
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock


@transaction.atomic
def accept(award: Award, *, by) -> None:
    """The grantee's yes. Raises `Refused` after the deadline."""
    require(by, "answer_award", award)
    fresh = lock(award)
    if fresh.accept_by is None:
        raise Refused(_("This award was not offered yet."))
    if fresh.state == "offered" and fresh.accept_by < timezone.now():
        raise Refused(_("The time to accept this award has passed. Please write to the fund."))
    advance(award, "accept", by=by, accepted_at=timezone.now())


@transaction.atomic
def decline(award: Award, *, by, reason: str = "") -> None:
    """The grantee's no; the money goes back to the round."""
    require(by, "answer_award", award)
    event = advance(award, "decline", by=by, data={"reason": reason})
    give_back(award, reference="decline", event=event)


@transaction.atomic
def suspend(award: Award, *, by, reason: str) -> None:
    require(by, "manage_award", award)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    advance(award, "suspend", by=by, data={"reason": reason})


@transaction.atomic
def resume(award: Award, *, by, reason: str = "") -> None:
    require(by, "manage_award", award)
    advance(award, "resume", by=by, data={"reason": reason})


@transaction.atomic
def terminate(award: Award, *, by, reason: str) -> None:
    """Ends an award; what was committed and is not payable yet goes back to the round."""
    require(by, "manage_award", award)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    event = advance(award, "terminate", by=by, data={"reason": reason})
    give_back(award, reference="terminate", event=event)
