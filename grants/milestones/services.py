"""The plan of an accepted award, reports, and their acceptance."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.files import examine, refuse_too_many
from grants.applications.services.documents import store
from grants.awards import services as awards
from grants.awards.lifecycle import IN_FORCE, AwardState
from grants.awards.models import Award
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock
from grants.ledger.models import Place
from grants.ledger.services import move
from grants.milestones.models import Evidence, Milestone
from grants.programs.services import round_account


@transaction.atomic
def accept_award(award: Award, *, by) -> Award:
    """Accepts an award and makes its milestones from the plan that was offered."""
    awards.accept(award, by=by)
    today = timezone.localdate()
    Milestone.objects.bulk_create(
        Milestone(
            award=award,
            number=number,
            title_zh=item["title_zh"],
            title_en=item["title_en"],
            amount=Decimal(item["amount"]),
            due_on=today + timedelta(days=item["due_after_days"]),
        )
        for number, item in enumerate(award.plan, start=1)
    )
    return award


def _refuse_unless_at_work(award: Award, *states: str) -> None:
    if lock(award).state not in (*IN_FORCE, *states):
        raise Refused(
            _("The award is “%(state)s”: nothing can be reported or accepted now.")
            % {"state": award.get_state_display()}
        )


def submit(milestone: Milestone, *, by, report: str, files: Sequence[File] = ()) -> Milestone:
    """Reports a milestone with a text and files. Raises `Refused` with what is missing."""
    require(by, "submit_milestone", milestone)
    if not report.strip():
        raise Refused(_("Describe what was reached."), field="report")
    refuse_too_many(len(files))
    examined = [(upload, examine(upload)) for upload in files]
    with transaction.atomic():
        _refuse_unless_at_work(milestone.award)
        lock(milestone)
        if not examined and not milestone.evidence.exists():
            raise Refused(_("Add at least one file as evidence."), field="file")
        advance(
            milestone,
            "submit",
            by=by,
            report=report.strip(),
            submitted_at=timezone.now(),
            data={"files": [info.sha256 for _upload, info in examined]},
        )
        for upload, info in examined:
            document = store(milestone.award.application, upload, info, by=by)
            Evidence.objects.create(milestone=milestone, document=document)
    return milestone


@transaction.atomic
def accept(milestone: Milestone, *, by, answer: str = "") -> Milestone:
    """Finds a milestone reached. Doors call `payouts.services.accept_milestone`, which pays too."""
    require(by, "judge_milestone", milestone)
    _refuse_unless_at_work(milestone.award)
    advance(milestone, "accept", by=by, answer=answer, accepted_at=timezone.now())
    return milestone


@transaction.atomic
def return_report(milestone: Milestone, *, by, answer: str) -> Milestone:
    """Asks for more before the milestone can be accepted."""
    require(by, "judge_milestone", milestone)
    if not answer.strip():
        raise Refused(_("Say what is missing."), field="answer")
    _refuse_unless_at_work(milestone.award, AwardState.SUSPENDED)
    advance(milestone, "return", by=by, answer=answer.strip(), data={"answer": answer})
    return milestone


@transaction.atomic
def waive(milestone: Milestone, *, by, reason: str) -> Milestone:
    """Drops a milestone; its amount goes back to the round.

    Doors call `payouts.services.due.waive_milestone`, which may complete the award.
    """
    require(by, "judge_milestone", milestone)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    _refuse_unless_at_work(milestone.award, AwardState.SUSPENDED)
    event = advance(milestone, "waive", by=by, answer=reason, data={"reason": reason})
    move(
        f"milestone:{milestone.reference}:waive",
        milestone.amount,
        source=awards.award_account(milestone.award, Place.COMMITTED),
        target=round_account(milestone.award.application.round),
        memo=f"waived {milestone.reference}",
        event=event,
    )
    return milestone
