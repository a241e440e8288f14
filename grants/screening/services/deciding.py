"""What officers decide about checks and about applications, one at a time or many."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.services import screening
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.screening import words
from grants.screening.lifecycle import CheckOutcome
from grants.screening.models import EligibilityCheck, ScreeningRule
from grants.screening.selectors import UNDECIDED, as_read_by, failures
from grants.screening.services.summing import sum_up

AT_MOST = 500
PASS, FAIL, ASK = VERBS = ("pass", "fail", "return")


@transaction.atomic
def override(
    application: Application, rule: ScreeningRule, *, by, outcome: str, reason: str
) -> EligibilityCheck:
    """An officer's own outcome of a check. It stands until the application is sent again."""
    require(by, "screen_application", application)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if outcome not in (CheckOutcome.PASSED, CheckOutcome.FAILED):
        raise Refused(_("Choose one of these."), field="outcome")
    fresh = lock(application)
    if fresh.state not in UNDECIDED or rule.round_id != fresh.round_id or rule.removed_at:
        raise Refused(_("This check can no longer be changed. Reload the page."))
    check = EligibilityCheck.objects.create(
        application=application, rule=rule, outcome=outcome, decided_by=by, reason=reason.strip()
    )
    sum_up([application.pk], is_run=False)
    told = {"rule": rule.pk, "kind": rule.kind, "outcome": outcome, "reason": check.reason}
    record(check, "override", by=by, data=told)
    return check


@transaction.atomic
def screen(application: Application, *, by, is_eligible: bool, reason: str = "") -> None:
    """Passes an application on to review, or finds it not eligible with a reason.

    Raises `Refused` where a rule that makes not eligible failed and no officer decided otherwise.
    """
    require(by, "screen_application", application)
    if is_eligible:
        lock(application)
        failed = failures(application)
        if failed:
            told = " ".join(words.found(check) for check in as_read_by(by, failed))
            raise Refused(
                _("A rule of the round is not met: %(found)s Decide otherwise with a reason first.")
                % {"found": told}
            )
    screening.screen(application, by=by, is_eligible=is_eligible, reason=reason)


@dataclass(frozen=True)
class Done:
    """What became of one of many; `refused` is the sentence of the rule that said no."""

    application: Application
    refused: str = ""


def decide_all(
    applications: Sequence[Application], verb: str, *, by, is_trial: bool = False, **values: Any
) -> list[Done]:
    """Does a verb with each, in a transaction of its own: one that is refused stops no other.

    With `is_trial` nothing stays of it: it only tells what would happen. Raises `Refused` where
    what is asked for itself is wrong.
    """
    if verb not in VERBS:
        raise Refused(_("Choose what to do."), field="verb")
    if not applications:
        raise Refused(_("Tick at least one application."))
    if len(applications) > AT_MOST:
        raise Refused(_("Tick at most %(most)s applications at once.") % {"most": AT_MOST})
    if verb in (FAIL, ASK) and not str(values.get("reason", "")).strip():
        raise Refused(_("Say why."), field="reason")
    rows = sorted(applications, key=lambda row: row.pk)
    return [_one(row, verb, by=by, is_trial=is_trial, values=values) for row in rows]


def _one(application: Application, verb: str, *, by, is_trial: bool, values) -> Done:
    try:
        with transaction.atomic():
            _do(copy(application), verb, by=by, values=values)
            if is_trial:
                transaction.set_rollback(True)
    except Refused as refused:
        return Done(application, str(refused))
    except PermissionDenied:
        return Done(application, _("You belong to the applicant: another officer decides."))
    return Done(application)


def _do(application: Application, verb: str, *, by, values) -> None:
    if verb == ASK:
        screening.return_for_information(
            application,
            by=by,
            reason=values["reason"],
            questions=values.get("questions", ()),
        )
    else:
        screen(application, by=by, is_eligible=verb == PASS, reason=values.get("reason", ""))
