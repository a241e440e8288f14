"""From an accepted milestone to a payout that is due."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from grants.accounts.models import Organisation
from grants.awards import services as awards
from grants.awards.lifecycle import IN_FORCE, AwardState
from grants.awards.models import Award
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import ZERO
from grants.core.policy import require
from grants.events.models import Event
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import lock_all, move
from grants.milestones import services as milestones
from grants.milestones.models import Milestone
from grants.payouts.models import Payee, Payout
from grants.programs.services import round_account


def waiting_for(award: Award) -> list[str]:
    """What must still happen before an accepted milestone of the award is paid."""
    missing = []
    if award.state not in IN_FORCE:
        missing.append(_("The award is not in force."))
    if not Payee.objects.filter(organisation=award.organisation, state="verified").exists():
        missing.append(_("The grantee's account is not verified yet."))
    return missing


@transaction.atomic
def accept_milestone(milestone: Milestone, *, by, answer: str = "") -> list[Payout]:
    """Accepts a milestone; its payout is due at once where nothing is missing."""
    milestones.accept(milestone, by=by, answer=answer)
    return raise_due(milestone.award)


@transaction.atomic
def waive_milestone(milestone: Milestone, *, by, reason: str) -> None:
    """Drops a milestone; the award is completed where it was the last open one."""
    milestones.waive(milestone, by=by, reason=reason)
    complete_if_done(milestone.award)


@transaction.atomic
def resume_award(award: Award, *, by, reason: str = "") -> None:
    """Puts a suspended award in force again; what waited for that becomes due."""
    awards.resume(award, by=by, reason=reason)
    raise_due(award)
    complete_if_done(award)


def complete_if_done(award: Award) -> None:
    """Completes an award of which nothing is open and nothing unpaid. No effect otherwise."""
    complete_those_done([award.pk])


@transaction.atomic
def complete_those_done(keys: Iterable[int]) -> None:
    """As `complete_if_done` for many awards, which are locked in the order of their keys."""
    in_force = Award.objects.filter(pk__in=list(keys), state__in=IN_FORCE).order_by("pk")
    list(in_force.select_for_update(of=("self",), no_key=True).values_list("pk"))
    milestones_of = Milestone.objects.filter(award=OuterRef("pk"))
    is_open = milestones_of.exclude(state__in=["accepted", "waived"])
    is_unpaid = milestones_of.filter(state="accepted").exclude(
        payouts__in=Payout.objects.filter(state="paid")
    )
    for award in in_force.exclude(Exists(is_open)).exclude(Exists(is_unpaid)):
        advance(award, "complete", by=None)


@transaction.atomic
def raise_due(award: Award) -> list[Payout]:
    """Makes the payouts of all accepted milestones that never had one; may be called any time.

    What a person cancelled comes back only by `request_again`.
    """
    award = lock(award)
    if waiting_for(award):
        return []
    payee = Payee.objects.get(organisation=award.organisation, state="verified")
    if award.state == "accepted":
        advance(award, "activate", by=None)
    ready = award.milestones.filter(state="accepted", payouts=None)
    return [_request(milestone, payee) for milestone in ready.order_by("number")]


@transaction.atomic
def raise_due_of(organisation: Organisation) -> None:
    """`raise_due` for every award of an organisation that is in force."""
    of = Award.objects.filter(application__organisation=organisation, state__in=IN_FORCE)
    in_force = list(of.select_for_update(of=("self",), no_key=True).order_by("pk"))
    places = (Place.COMMITTED, Place.PAYABLE)
    lock_all(awards.award_account(award, place) for award in in_force for place in places)
    for award in in_force:
        raise_due(award)


def _request(milestone: Milestone, payee: Payee, *, by=None, reason: str = "") -> Payout:
    payout = Payout.objects.create(
        reference=next_reference("PAY"),
        milestone=milestone,
        payee=payee,
        gross=milestone.amount,
        withheld=ZERO,
        net=milestone.amount,
    )
    data = {"net": payout.net, "payee": payee.account_tail, "milestone": milestone.number}
    if reason:
        data["reason"] = reason
    event = record(payout, "request", by=by, data=data, to_state=payout.state)
    move(
        f"payout:{payout.reference}:due",
        payout.gross,
        source=awards.award_account(milestone.award, Place.COMMITTED),
        target=awards.award_account(milestone.award, Place.PAYABLE),
        memo=f"payout {payout.reference} due",
        event=event,
    )
    return payout


@transaction.atomic
def hold(payout: Payout, *, by, reason: str) -> None:
    """Stops a due payout until the hold is lifted."""
    require(by, "hold_payout", payout)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    _refuse_in_batch(payout)
    advance(payout, "hold", by=by, reason=reason, data={"reason": reason})


@transaction.atomic
def release_hold(payout: Payout, *, by, reason: str = "") -> None:
    require(by, "hold_payout", payout)
    advance(payout, "release_hold", by=by, reason="", data={"reason": reason})


@transaction.atomic
def cancel(payout: Payout, *, by, reason: str) -> None:
    """Gives a payout up; its money is committed to the award again.

    Where the award was terminated, its money goes back to the round.
    """
    require(by, "hold_payout", payout)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    _refuse_in_batch(payout)
    award = lock(payout.award)
    event = advance(payout, "cancel", by=by, reason=reason, data={"reason": reason})
    target, what = awards.award_account(award, Place.COMMITTED), "cancel"
    if award.state == AwardState.TERMINATED:
        target, what = round_account(award.application.round), "give-back"
    move(
        f"payout:{payout.reference}:{what}",
        payout.gross,
        source=awards.award_account(award, Place.PAYABLE),
        target=target,
        memo=f"payout {payout.reference} cancelled",
        event=event,
    )


@transaction.atomic
def request_again(payout: Payout, *, by, reason: str) -> Payout:
    """Makes a new payout for the milestone of a cancelled one."""
    require(by, "hold_payout", payout)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    milestone = lock(payout.milestone)
    if lock(payout).state != "cancelled" or milestone.payouts.exclude(state="cancelled").exists():
        raise Refused(_("Only a milestone whose payout was cancelled can be paid again."))
    award = milestone.award
    if missing := waiting_for(award):
        raise Refused(" ".join(missing))
    payee = Payee.objects.get(organisation=award.organisation, state="verified")
    return _request(milestone, payee, by=by, reason=reason)


@transaction.atomic
def requeue(payout: Payout, *, by, reason: str) -> None:
    """Makes a failed or returned payout due again, to the payee verified now.

    It needs approval anew. One that came back needs an account that was looked at since.
    """
    require(by, "hold_payout", payout)
    if not reason.strip():
        raise Refused(_("Say what was corrected."), field="reason")
    payee = Payee.objects.filter(organisation=payout.award.organisation, state="verified").first()
    if payee is None:
        raise Refused(_("The grantee has no verified account."))
    if payout.state == "returned" and not _was_looked_at(payout, payee):
        raise Refused(
            _("The money came back from this account. It must be verified again, or replaced.")
        )
    advance(payout, "requeue", by=by, batch=None, payee=payee, reason="", data={"reason": reason})


def _was_looked_at(payout: Payout, payee: Payee) -> bool:
    returned = Event.objects.of_thing(payout).filter(kind="payout.return").last()
    verified_at = payee.verified_at
    return bool(returned is None or (verified_at and verified_at > returned.at))


def _refuse_in_batch(payout: Payout) -> None:
    fresh = lock(payout)
    if fresh.batch_id and fresh.state == "due":
        raise Refused(_("This payout is in a batch. Take it out of the batch first."))
