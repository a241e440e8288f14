"""Setting up what the screening of a round asks."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.programs.models import Round
from grants.screening.kinds import FIELDS, clean_parameters
from grants.screening.models import ScreeningRule

MOST_RULES = 30


@transaction.atomic
def add_rule(
    round: Round,
    *,
    by,
    kind: str,
    parameters: dict[str, Any],
    is_on: bool = True,
    is_blocking: bool = True,
) -> ScreeningRule:
    """Adds a rule. Raises `Refused` with a sentence for each parameter that makes no sense."""
    require(by, "change_screening_rules", round)
    lock(round)
    if kind not in FIELDS:
        raise Refused(_("There is no such kind of rule."), field="kind")
    if round.screening_rules.standing().count() >= MOST_RULES:
        raise Refused(_("A round has at most %(most)s rules.") % {"most": MOST_RULES})
    rule = ScreeningRule.objects.create(
        round=round,
        kind=kind,
        parameters=clean_parameters(round, kind, parameters),
        is_on=is_on,
        is_blocking=is_blocking,
    )
    record(rule, "create", by=by, data=_told(rule))
    return rule


@transaction.atomic
def change_rule(
    rule: ScreeningRule, *, by, parameters: dict[str, Any], is_on: bool, is_blocking: bool
) -> ScreeningRule:
    """Changes a rule; the checks that were made stand until the next run."""
    require(by, "change_screening_rules", rule.round)
    fresh = lock(rule)
    _refuse_removed(fresh)
    fresh.parameters = clean_parameters(rule.round, fresh.kind, parameters)
    fresh.is_on, fresh.is_blocking = is_on, is_blocking
    fresh.save(update_fields=["parameters", "is_on", "is_blocking"])
    record(fresh, "change", by=by, data=_told(fresh))
    return fresh


@transaction.atomic
def remove_rule(rule: ScreeningRule, *, by) -> None:
    """Takes a rule out; its checks stay as history and stand in nobody's way any more."""
    require(by, "change_screening_rules", rule.round)
    fresh = lock(rule)
    _refuse_removed(fresh)
    fresh.removed_at = timezone.now()
    fresh.save(update_fields=["removed_at"])
    record(fresh, "remove", by=by, data=_told(fresh))


def _refuse_removed(rule: ScreeningRule) -> None:
    if rule.removed_at:
        raise Refused(_("This rule was removed. Reload the page."))


def _told(rule: ScreeningRule) -> dict[str, Any]:
    return {
        "rule": rule.pk,
        "kind": rule.kind,
        "parameters": rule.parameters,
        "is_on": rule.is_on,
        "is_blocking": rule.is_blocking,
    }
