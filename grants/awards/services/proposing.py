"""Proposals, and what they rest on."""

from decimal import Decimal, InvalidOperation

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Decision, Outcome
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.money import to_fen
from grants.core.numbers import read_number
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.reviews.models import Review


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
def discard(decision: Decision, *, by, reason: str = "") -> None:
    """Takes a proposal off the table; a new one can be made."""
    require(by, "discard_decision", decision)
    advance(decision, "discard", by=by, data={"reason": reason})
