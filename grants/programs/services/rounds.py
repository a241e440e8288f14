"""Rounds: making, changing, opening and closing them."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import account, move
from grants.programs.models import FormVersion, Round
from grants.programs.selectors import form_problems, outline_of
from grants.programs.services.funds import fund_account

WHOLE = Decimal(100)
BOOKED = {"program", "slug", "budget", "award_min", "award_max"}
TEXTS_AND_DATES = {
    "title_zh", "title_en", "summary_zh", "summary_en",
    "opens_at", "closes_at", "reviews_wanted", "is_blind",
    "category_question", "needs_sign_off", "declaration_zh", "declaration_en",
    "grace_minutes",
}  # fmt: skip


def round_account(round: Round):
    """The `allocated` account: what the round may still award."""
    return account(Place.ALLOCATED, round.slug, currency=round.currency)


@transaction.atomic
def create_round(round: Round, *, by) -> Round:
    """Saves a new round as a draft, with an empty first version of its form."""
    require(by, "change_round")
    round.save()
    FormVersion.objects.create(round=round)
    record(round, "create", by=by, data={"title": round.title_zh})
    return round


@transaction.atomic
def change_round(round: Round, *, by, changed: list[str]) -> None:
    """Records that fields of a round were changed. Raises `Refused` once it was opened.

    A scheduled round keeps what its budget was booked for and what was published.
    """
    require(by, "change_round", round)
    stored = lock(round)
    if not stored.is_editable:
        raise Refused(_("This round was opened: it can no longer be changed."))
    if stored.state != "draft" and BOOKED.intersection(changed):
        raise Refused(_("The budget of this round is booked: it stays as it is."))
    if stored.state != "draft" and not TEXTS_AND_DATES.issuperset(changed):
        raise Refused(_("The form, the criteria and the milestones are published: they stay."))
    record(round, "change", by=by, data={"changed": changed})


def missing_for_opening(round: Round) -> list[str]:
    """What a round still lacks, one sentence each."""
    missing = form_problems(outline_of(round.form))
    if not round.criteria.exists():
        missing.append(_("There are no criteria yet."))
    shares = [planned.share for planned in round.planned_milestones.all()]
    if sum(shares) != WHOLE:
        missing.append(_("The shares of the milestones must sum to 100 %."))
    if round.closes_at <= timezone.now():
        missing.append(_("The closing date has passed."))
    return missing


def _publish(round: Round, verb: str, *, by) -> None:
    """Freezes the form and moves the budget from the fund to the round; then moves the state."""
    missing = missing_for_opening(round)
    if missing:
        raise Refused(" ".join(missing))
    round.form_versions.filter(published_at=None).update(published_at=timezone.now())
    event = advance(round, verb, by=by, data={"budget": round.budget})
    move(
        f"round:{round.slug}:budget",
        round.budget,
        source=fund_account(round.program.fund, Place.AVAILABLE),
        target=round_account(round),
        memo=f"budget of {round.slug}",
        event=event,
    )


@transaction.atomic
def open_round(round: Round, *, by) -> Round:
    """Opens a round, or schedules it where its opening lies ahead.

    Publishes the form and allocates the budget. Raises `Refused` where something is missing or the
    fund does not have the money.
    """
    require(by, "open_round", round)
    now = timezone.now()
    if lock(round).state == "scheduled":
        if round.opens_at > now:
            raise Refused(_("This round opens by itself at the time that was set."))
        advance(round, "open", by=by)
    else:
        _publish(round, "schedule" if round.opens_at > now else "open", by=by)
    return round


@transaction.atomic
def close_round(round: Round, *, by) -> Round:
    """Closes a round, by hand before its time or by the clock."""
    require(by, "open_round", round)
    now = timezone.now()
    fields = {"closes_at": now} if now < round.closes_at else {}
    advance(round, "close", by=by, **fields)
    return round


def begin_review(round: Round, *, by) -> None:
    """A closed round is in review from its first assignment on. No effect otherwise."""
    if lock(round).state == "closed":
        advance(round, "review", by=by)


def note_all_decided(round: Round, *, by) -> None:
    """A round in review is decided with its last decision. No effect otherwise."""
    if lock(round).state == "reviewing":
        advance(round, "decide", by=by)
