"""Decisions, and what they promise."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Award, Decision, Outcome
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import split, to_fen
from grants.core.numbers import read_number
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import account, move, move_all
from grants.programs.models import Round
from grants.programs.services import note_all_decided, round_account
from grants.reviews.models import Review

DAYS_TO_ACCEPT = 14
UNDECIDED = ("submitted", "screening", "returned", "in_review")


def award_account(award: Award, place: str):
    return account(place, award.reference, currency=award.currency)


def basis_of(application: Application) -> str:
    """The digest of what a decision rests on: the submission and the reviews that count."""
    submission = application.latest
    reviews = (
        Review.objects.counting()
        .filter(assignment__application=application)
        .order_by("pk")
        .values_list("pk", "submitted_at")
    )
    return digest({"submission": submission and submission.sha256, "reviews": list(reviews)})


def _award_amount(application: Application, raw) -> Decimal:
    try:
        amount = to_fen(read_number(raw))
    except (ValueError, InvalidOperation):
        raise Refused(_("Enter the amount of the award."), field="amount") from None
    round = application.round
    if not round.award_min <= amount <= round.award_max:
        raise Refused(
            _("An award of this round is between ¥%(least)s and ¥%(most)s.")
            % {"least": f"{round.award_min:,.2f}", "most": f"{round.award_max:,.2f}"},
            field="amount",
        )
    submission = application.latest
    if submission is None or amount > Decimal(submission.content["requested_amount"]):
        raise Refused(_("This is more than the applicant asked for."), field="amount")
    return amount


@transaction.atomic
def propose(
    application: Application,
    *,
    by,
    outcome: str,
    reasons: str,
    amount: Decimal | str | None = None,
    feedback: str = "",
) -> Decision:
    """Proposes the outcome. Another person confirms it."""
    require(by, "propose_decision", application)
    if lock(application).state != "in_review":
        raise Refused(_("A decision is proposed while the application is in review."))
    outcome = Outcome(outcome)
    if not reasons.strip():
        raise Refused(_("Write down the reasons."), field="reasons")
    if not Review.objects.counting().filter(assignment__application=application).exists():
        raise Refused(_("There is no submitted review yet."))
    decision = Decision(
        application=application,
        outcome=outcome,
        amount=_award_amount(application, amount) if outcome == Outcome.AWARD else None,
        reasons=reasons,
        feedback=feedback,
        basis=basis_of(application),
        proposed_by=by,
    )
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError:
        raise Refused(_("There is a decision for this application already.")) from None
    data = {
        "outcome": outcome,
        "amount": decision.amount,
        "reasons": reasons,
        "basis": decision.basis,
    }
    record(decision, "propose", by=by, data=data, to_state=decision.state)
    return decision


@transaction.atomic
def confirm(decision: Decision, *, by) -> Award | None:
    """Confirms a proposal; an award commits its money from the round in the same transaction.

    Raises `Refused` for one's own proposal, for one that went stale, and where the round does not
    have the money.
    """
    if decision.proposed_by_id == by.pk:
        raise Refused(_("You proposed this decision. Another person must confirm it."))
    require(by, "confirm_decision", decision)
    application = lock(decision.application)
    decision = Decision.objects.select_related("application__round__program__fund").get(
        pk=decision.pk
    )
    if decision.state == "proposed" and application.state != "in_review":
        raise Refused(_("The application is no longer in review. Discard this proposal."))
    if decision.state == "proposed" and basis_of(application) != decision.basis:
        raise Refused(
            _("The application or its reviews changed after this was proposed. Propose it again.")
        )
    event = advance(
        decision,
        "confirm",
        by=by,
        confirmed_by=by,
        confirmed_at=timezone.now(),
        data={
            "outcome": decision.outcome,
            "amount": decision.amount,
            "basis": decision.basis,
        },
    )
    return _promise(decision, decision.amount, event=event) if decision.amount else None


def _promise(decision: Decision, amount: Decimal, *, event) -> Award:
    planned = list(decision.application.round.planned_milestones.all())
    parts = split(amount, [item.share for item in planned])
    award = Award.objects.create(
        reference=next_reference("AWD"),
        application=decision.application,
        decision=decision,
        amount=amount,
        plan=[
            {
                "title_zh": item.title_zh,
                "title_en": item.title_en,
                "amount": str(part),
                "due_after_days": item.due_after_days,
            }
            for item, part in zip(planned, parts, strict=True)
        ],
    )
    move(
        f"award:{award.reference}:commit",
        award.amount,
        source=round_account(decision.application.round),
        target=award_account(award, Place.COMMITTED),
        memo=f"award {award.reference}",
        event=event,
    )
    return award


@transaction.atomic
def discard(decision: Decision, *, by, reason: str = "") -> None:
    """Takes a proposal off the table; a new one can be made."""
    require(by, "discard_decision", decision)
    advance(decision, "discard", by=by, data={"reason": reason})


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
    _give_back(award, reference="decline", event=event)


def _note_if_last(round: Round, *, by) -> None:
    round = lock(round)
    if not Application.objects.filter(round=round, state__in=UNDECIDED).exists():
        note_all_decided(round, by=by)


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


def _give_back(award: Award, *, reference: str, event) -> None:
    """Moves what is still committed back to the round."""
    move_all(
        f"award:{award.reference}:{reference}",
        source=award_account(award, Place.COMMITTED),
        target=round_account(award.application.round),
        memo=f"{reference} {award.reference}",
        event=event,
    )


@transaction.atomic
def decline(award: Award, *, by, reason: str = "") -> None:
    """The grantee's no; the money goes back to the round."""
    require(by, "answer_award", award)
    event = advance(award, "decline", by=by, data={"reason": reason})
    _give_back(award, reference="decline", event=event)


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
    _give_back(award, reference="terminate", event=event)
