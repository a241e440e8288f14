"""Calibrating a round: asked for, worked out by a worker, written once."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.programs.models import Round
from grants.reviews import calibration
from grants.reviews.calibration.stability import BOOTSTRAPS, CHUNK
from grants.reviews.inputs import Inputs, counted_reviews, inputs_of
from grants.reviews.models import CalibrationRun, CaseStanding, ReviewerStanding
from grants.reviews.selectors import changed_rounds
from grants.reviews.services.standings import case_rows, reviewer_rows

log = logging.getLogger(__name__)

LOCK = 5117  # the class of the advisory locks; the key is the round's
TICKS = 25  # steps of progress that are written as one


@transaction.atomic
def ask_calibration(round: Round, *, by) -> CalibrationRun:
    """Asks for a calibration of a round by the reviews that stand.

    Gives the one that waits or runs where there is one. Raises `Refused` without any review.
    """
    require(by, "calibrate", round)
    fresh = lock(round)
    open_one = CalibrationRun.objects.unfinished().filter(round=fresh).first()
    if open_one:
        return open_one
    if not counted_reviews(fresh).exists():
        raise Refused(_("No review of this round has been submitted yet."))
    number = 1 + (fresh.calibrations.aggregate(last=Max("number"))["last"] or 0)
    run = CalibrationRun.objects.create(
        round=fresh, number=number, seed=number, formula=calibration.FORMULA, asked_by=by
    )
    record(run, "request", by=by, data={"number": number}, to_state=run.state)
    return run


def ask_again() -> int:
    """Asks for calibrations of the rounds that have changed since their last; how many."""
    asked = 0
    for round in changed_rounds():
        with suppress(Refused):
            ask_calibration(round, by=None)
            asked += 1
    return asked


def work() -> int:
    """Works out what was asked for; how many runs have ended.

    A run whose worker died is worked out again from its beginning: by its seed, with one result.
    """
    keys = list(CalibrationRun.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    return sum(work_out(key) for key in keys)


def work_out(key: int) -> bool:
    """Works out one run here and now. False where it has ended or another worker is at it."""
    run = CalibrationRun.objects.select_related("round").get(pk=key)
    with _alone(run.round_id) as is_alone:
        if not is_alone or not CalibrationRun.objects.unfinished().filter(pk=key).exists():
            return False
        if run.state == "requested":
            advance(run, "begin", by=None)
        try:
            _calibrate(run)
        except Exception:
            log.exception("the calibration %s failed", key)
            advance(run, "fail", by=None, finished_at=timezone.now())
    return True


@contextmanager
def _alone(round_id: int) -> Iterator[bool]:
    """Whether this session is the only one at the round; its end, however it ends, frees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, round_id])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, round_id])


def _calibrate(run: CalibrationRun) -> None:
    inputs = inputs_of(run.round)
    scores = calibration.scores(inputs.rows, inputs.weights)
    if not len(scores.cases):
        raise ValueError("no review has a score")
    amounts = inputs.amounts_of(scores.cases)
    budget = float(inputs.budget)
    tick = _ticker(run, BOOTSTRAPS // CHUNK + len(scores.reviewers))
    found = calibration.fit(scores)
    shaken = calibration.stability(found, amounts, budget, seed=run.seed, tick=tick)
    flips = calibration.flips(found, amounts, budget, tick=tick)
    agreed = calibration.agreement(found)
    cases = case_rows(run, found, shaken, flips)
    reviewers = reviewer_rows(run, found)
    _write(run, inputs, agreed, cases, reviewers)


def _ticker(run: CalibrationRun, total: int) -> Callable[[], None]:
    CalibrationRun.objects.filter(pk=run.pk).update(done=0, total=total)
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done % TICKS == 0 or done == BOOTSTRAPS // CHUNK:
            CalibrationRun.objects.filter(pk=run.pk).update(done=done)

    return tick


@transaction.atomic
def _write(run: CalibrationRun, inputs: Inputs, agreed, cases, reviewers) -> None:
    CaseStanding.objects.bulk_create(cases, batch_size=1000)
    ReviewerStanding.objects.bulk_create(reviewers, batch_size=1000)
    run.refresh_from_db()
    advance(
        run,
        "finish",
        by=None,
        done=run.total,
        finished_at=timezone.now(),
        inputs_sha256=inputs.sha256,
        agreement={
            "icc": agreed.icc,
            "icc_calibrated": agreed.icc_calibrated,
            "alpha": agreed.alpha,
        },
        data={"number": run.number, "inputs": inputs.sha256},
    )
