"""The applicant is told."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from grants.applications.models import Application
from grants.awards.models import Award, Decision
from grants.awards.services.books import give_back
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.programs.models import Round
from grants.programs.services import note_all_decided

DAYS_TO_ACCEPT = 14
UNDECIDED = ("submitted", "screening", "returned", "in_review")


@transaction.atomic
def release(decision: Decision, *, by) -> None:
    """Tells the applicant: the outcome is shown, an award is offered with its deadline.

    Where the applicant has withdrawn meanwhile, the award's money goes back to the round.
    """
    require(by, "release_decision", decision)
    now = timezone.now()
    application = lock(decision.application)
    advance(decision, "release", by=by, released_at=now, data={"outcome": decision.outcome})
    award = Award.objects.filter(decision=decision).first()
    if application.state == "withdrawn":
        if award:
            _end_withdrawn(award, by=by)
        return
    advance(decision.application, "decide", by=by)
    _note_if_last(application.round, by=by)
    if award:
        award.offered_at, award.accept_by = now, now + timedelta(days=DAYS_TO_ACCEPT)
        award.save(update_fields=["offered_at", "accept_by"])
        record(award, "offer", by=by, data={"amount": award.amount}, to_state=award.state)


def _end_withdrawn(award: Award, *, by) -> None:
    event = advance(award, "decline", by=by, data={"reason": "withdrawn"})
    give_back(award, reference="decline", event=event)


def _note_if_last(round: Round, *, by) -> None:
    round = lock(round)
    if not Application.objects.filter(round=round, state__in=UNDECIDED).exists():
        note_all_decided(round, by=by)
