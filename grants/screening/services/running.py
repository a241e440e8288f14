"""Asking the rules of a round of all its applications, a few hundred at a time."""

import time
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.programs.models import Round
from grants.screening.facts import read_facts
from grants.screening.judges import judge
from grants.screening.judges.cases import Finding, cases_of
from grants.screening.models import EligibilityCheck, ScreeningRule, ScreeningRun
from grants.screening.selectors import UNDECIDED, unchecked, unchecked_anywhere, undecided
from grants.screening.services.summing import sum_up

AT_ONCE = 250
# How long one call goes on before others have their turn.
SECONDS = 20.0


@transaction.atomic
def start_run(round: Round, *, by, only_new: bool = False) -> ScreeningRun:
    """Begins a run over what is not decided yet; `only_new` leaves out what was checked since.

    Gives the one that is open where there is one: a double press starts no second. Raises
    `Refused` while the round is open, without rules, and where nothing is left to check.
    """
    require(by, "run_screening", round)
    fresh = lock(round)
    open_one = fresh.screening_runs.exclude(state="done").first()
    if open_one:
        return open_one
    if fresh.is_open or fresh.is_editable:
        raise Refused(_("The round is still open: applicants may change their answers until then."))
    if not fresh.screening_rules.asked().exists():
        raise Refused(_("This round has no rules in use. Add one first."))
    total = (unchecked if only_new else undecided)(fresh).count()
    if not total:
        raise Refused(_("There is nothing left to check."))
    run = ScreeningRun.objects.create(round=round, only_new=only_new, total=total, started_by=by)
    record(run, "start", by=by, data={"total": total}, to_state=run.state)
    return run


@transaction.atomic
def stop_run(run: ScreeningRun, *, by) -> None:
    """Leaves a run where it is; what was found stands."""
    require(by, "run_screening", run.round)
    advance(run, "stop", by=by)


@transaction.atomic
def resume_run(run: ScreeningRun, *, by) -> None:
    """Goes on where the run was left."""
    require(by, "run_screening", run.round)
    advance(run, "resume", by=by)


def work() -> int:
    """Starts what is due and goes on with what is running; how many applications were checked.

    A run whose worker died goes on from its last committed step.
    """
    _start_due()
    until, done = time.monotonic() + SECONDS, 0
    for key in ScreeningRun.objects.filter(state="running").values_list("pk", flat=True):
        while time.monotonic() < until and (step := _step(key)) is not None:
            done += step
    return done


def finish_run(run: ScreeningRun) -> ScreeningRun:
    """Goes on with one run to its end, here and now."""
    while _step(run.pk) is not None:
        continue
    run.refresh_from_db()
    return run


def _start_due() -> None:
    """A round is screened by itself after its close, and what is sent again after that, too."""
    waiting = unchecked_anywhere().filter(round=OuterRef("pk"))
    asked = ScreeningRule.objects.asked().filter(round=OuterRef("pk"))
    rounds = Round.objects.filter(
        Exists(asked),
        Exists(waiting),
        state__in=["closed", "reviewing"],
        closes_at__lte=timezone.now(),
    ).exclude(screening_runs__state__in=["running", "stopped"])
    for round in rounds.order_by("pk"):
        try:
            start_run(round, by=None, only_new=True)
        except Refused:
            continue


@transaction.atomic
def _step(key: int) -> int | None:
    """Checks the next applications of a run. None where nothing is left or another is at it."""
    run = (
        ScreeningRun.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("round__program")
        .filter(pk=key, state="running")
        .first()
    )
    if run is None:
        return None
    rules = list(run.round.screening_rules.asked().select_related("round__program").order_by("pk"))
    if not run.done:
        for rule in rules:
            read_facts(rule)
    rows = (unchecked if run.only_new else undecided)(run.round)
    keys = list(rows.filter(pk__gt=run.last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        _finish(run)
        return None
    cases = cases_of(keys)
    found = {rule: judge(rule, cases) for rule in rules}
    _write(keys, found)
    run.last, run.done = keys[-1], run.done + len(keys)
    run.total = max(run.total, run.done)
    run.save(update_fields=["last", "done", "total"])
    return len(keys)


def _finish(run: ScreeningRun) -> None:
    now = timezone.now()
    advance(run, "finish", by=None, finished_at=now, total=run.done, data={"done": run.done})


def _write(keys: Sequence[int], found: dict[ScreeningRule, dict[int, Finding]]) -> None:
    """Adds what is new under the locks of the applications: an officer may have decided meanwhile.

    An officer's decision stands until the application is sent again.
    """
    rows = Application.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=keys, state__in=UNDECIDED
    )
    sent = dict(rows.order_by("pk").values_list("pk", "submitted_at"))
    standing = {
        (check.application_id, check.rule_id): check
        for check in EligibilityCheck.objects.filter(application__in=list(sent)).standing()
    }
    EligibilityCheck.objects.bulk_create(
        EligibilityCheck(
            application_id=key, rule=rule, outcome=finding.outcome, evidence=finding.evidence
        )
        for rule, findings in found.items()
        for key, finding in findings.items()
        if key in sent and _is_new(finding, standing.get((key, rule.pk)), sent[key])
    )
    sum_up(list(sent), is_run=True)


def _is_new(finding: Finding, before: EligibilityCheck | None, sent_at) -> bool:
    if before is None:
        return True
    if before.decided_by_id and before.at >= sent_at:
        return False
    is_same = (before.outcome, before.evidence) == (finding.outcome, finding.evidence)
    return bool(before.decided_by_id) or not is_same
