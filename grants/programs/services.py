"""Setting up funds and rounds, and opening and closing rounds."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import account, move
from grants.programs.models import FormVersion, Fund, Program, Question, QuestionKind, Round

WHOLE = Decimal(100)
BOOKED = {"program", "slug", "budget", "award_min", "award_max"}
TEXTS_AND_DATES = {
    "title_zh", "title_en", "summary_zh", "summary_en",
    "opens_at", "closes_at", "reviews_wanted", "is_blind",
}  # fmt: skip


def fund_account(fund: Fund, place: str):
    return account(place, fund.slug, currency=fund.currency)


def round_account(round: Round):
    """The `allocated` account: what the round may still award."""
    return account(Place.ALLOCATED, round.slug, currency=round.currency)


@transaction.atomic
def found_fund(fund: Fund, *, by) -> Fund:
    """Saves a new fund and books its capital as available."""
    require(by, "found_fund")
    fund.save()
    event = record(fund, "create", by=by, data={"capital": fund.capital})
    move(
        f"fund:{fund.slug}:capital",
        fund.capital,
        source=fund_account(fund, Place.CAPITAL),
        target=fund_account(fund, Place.AVAILABLE),
        memo="capital",
        event=event,
    )
    return fund


@transaction.atomic
def create_program(program: Program, *, by) -> Program:
    require(by, "change_round")
    program.save()
    record(program, "create", by=by, data={"name": program.name_zh})
    return program


@transaction.atomic
def change_texts(thing: Fund | Program, *, by, changed: list[str]) -> None:
    """Saves the changed texts of a fund or a program and records which they are."""
    require(by, "change_round")
    thing.save(update_fields=changed)
    record(thing, "change", by=by, data={"changed": changed})


@transaction.atomic
def change_limits(fund: Fund, *, by, changed: list[str]) -> None:
    """Saves the fund's limits for payouts; what was submitted before keeps its own."""
    require(by, "set_limits", fund)
    fund.save(update_fields=changed)
    record(fund, "limit", by=by, data={name: getattr(fund, name) for name in changed})


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
    missing = []
    questions = list(Question.objects.filter(section__form=round.form).order_by("key"))
    if not questions:
        missing.append(_("The form has no questions yet."))
    for question, following in pairwise(questions):
        if question.key == following.key:
            missing.append(_("Two questions have the key “%(key)s”.") % {"key": question.key})
    for question in questions:
        if question.kind == QuestionKind.CHOICE and not question.options:
            missing.append(_("“%(question)s” has no options.") % {"question": question.label})
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


def run_calendar() -> int:
    """Opens and closes what the clock says; returns how many rounds moved."""
    now = timezone.now()
    moved = _move_all(Round.objects.filter(state="scheduled", opens_at__lte=now), open_round)
    return moved + _move_all(Round.objects.filter(state="open", closes_at__lte=now), close_round)


def _move_all(rounds: QuerySet[Round], service: Callable) -> int:
    """How many of the rounds moved; another calendar may have moved the others meanwhile."""
    moved = 0
    for round in rounds.order_by("pk"):
        with suppress(Refused):
            service(round, by=None)
            moved += 1
    return moved
