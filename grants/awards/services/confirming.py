"""A proposal confirmed by another person promises the money."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.awards.models import Award, Decision
from grants.awards.services.books import award_account
from grants.awards.services.proposing import basis_of
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import split
from grants.core.policy import require
from grants.events.services import advance, lock
from grants.ledger.models import Place
from grants.ledger.services import move
from grants.programs.services import round_account


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
