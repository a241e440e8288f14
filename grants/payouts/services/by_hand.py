"""An outcome that a controller enters, where the rail says none and the bank knows it."""

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.payouts.models import PaymentAttempt, Payout
from grants.payouts.rails.protocol import Answer
from grants.payouts.rails.protocol import Outcome as RailOutcome
from grants.payouts.services.booking import book

CODE = "BY_HAND"
LONGEST_REFERENCE = 64


class Outcome(models.TextChoices):
    PAID = "paid", gettext_lazy("It was paid")
    FAILED = "failed", gettext_lazy("It was not paid and will not be")


_AS_ANSWER = {Outcome.PAID: RailOutcome.PAID, Outcome.FAILED: RailOutcome.REFUSED}


@transaction.atomic
def settle_by_hand(payout: Payout, *, by, outcome: str, reason: str, reference: str) -> None:
    """Books what the bank told the controller of a payout whose outcome is unknown, or under way.

    `reference` is the bank's own: of its statement line, receipt or letter. After `failed` the
    money is payable again and can be sent under a new number: the controller answers for it that
    the old one will not be paid. Raises `Refused` for who prepared the batch, without reason or
    reference, and for a reference that belongs to another payout.
    """
    if payout.batch and by and payout.batch.prepared_by_id == by.pk:
        raise Refused(_("You prepared this payout's batch. Another person must do this."))
    require(by, "settle_by_hand", payout)
    reason, reference = reason.strip(), reference.strip()
    _refuse_without_proof(outcome, reason, reference)
    attempt = _open_attempt(payout)
    _refuse_used(attempt, reference)
    data = {
        "outcome": outcome,
        "reason": reason,
        "reference": reference,
        "number": attempt.number,
        "was": payout.state,
    }
    record(payout, "settle_by_hand", by=by, data=data)
    answer = Answer(
        outcome=_AS_ANSWER[Outcome(outcome)],
        code=CODE,
        message=reason,
        rail_reference=reference,
        request={"by": by.pk},
        response={"reference": reference},
        at=timezone.now(),
    )
    book(attempt, answer, was_question=True)
    payout.refresh_from_db(fields=["state", "paid_at", "reason"])


def _refuse_without_proof(outcome: str, reason: str, reference: str) -> None:
    if outcome not in Outcome.values:
        raise Refused(_("Say whether it was paid."), field="outcome")
    if not reason:
        raise Refused(_("Say how you know."), field="reason")
    if not reference:
        raise Refused(_("Enter the bank's reference."), field="reference")
    if len(reference) > LONGEST_REFERENCE:
        raise Refused(_("The bank's reference has at most 64 characters."), field="reference")


def _open_attempt(payout: Payout) -> PaymentAttempt:
    attempt = payout.attempts.filter(state__in=["unknown", "accepted"]).first()
    fresh = attempt and lock(attempt)
    if not fresh or fresh.state not in ("unknown", "accepted"):
        raise Refused(_("This payout is not waiting for an answer. Reload the page."))
    return fresh


def _refuse_used(attempt: PaymentAttempt, reference: str) -> None:
    used = PaymentAttempt.objects.filter(rail_reference=reference).exclude(payout=attempt.payout_id)
    other = used.select_related("payout").first()
    if other:
        raise Refused(
            _("This reference belongs to payout %(reference)s.")
            % {"reference": other.payout.reference},
            field="reference",
        )
