"""Rules about what an applicant, or its group, has already."""

from collections.abc import Sequence
from typing import Any

from grants.accounts.models import Organisation
from grants.screening.judges.cases import MOST_TOLD, Case, Finding, failed, passed, rows
from grants.screening.kinds import Scope
from grants.screening.links import Link, linked_to
from grants.screening.models import ScreeningRule

# Applications that count: sent, and neither taken back nor found not eligible.
COUNTED = """
SELECT a.organisation_id, a.id, a.reference
  FROM grants_application a
  JOIN grants_round r ON r.id = a.round_id
  JOIN grants_program p ON p.id = r.program_id
 WHERE a.organisation_id = ANY(%s) AND a.submitted_at IS NOT NULL
   AND a.state NOT IN ('withdrawn', 'ineligible')
   AND CASE %s WHEN 'round' THEN r.id = %s WHEN 'program' THEN p.id = %s ELSE p.fund_id = %s END
 ORDER BY a.id
"""
UNFINISHED = """
SELECT a.organisation_id, a.id, w.reference
  FROM grants_award w
  JOIN grants_application a ON a.id = w.application_id
 WHERE a.organisation_id = ANY(%s) AND w.state IN ('accepted', 'active', 'suspended')
 ORDER BY w.id
"""


def cap(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    scope, round = rule.parameters["scope"], rule.round
    groups = _groups(rule, cases)
    program = round.program
    within = [str(Scope(scope)), round.pk, program.pk, program.fund_id]
    held = rows(COUNTED, [_everybody(cases, groups), *within])
    return _counted(rule, cases, groups, held, with_own=True)


def unfinished_awards(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    groups = _groups(rule, cases)
    held = rows(UNFINISHED, [_everybody(cases, groups)])
    return _counted(rule, cases, groups, held, with_own=False)


Groups = dict[int, dict[int, Link]]


def _groups(rule: ScreeningRule, cases: Sequence[Case]) -> Groups:
    if not rule.parameters["linked"]:
        return {}
    return linked_to(case.organisation for case in cases)


def _everybody(cases: Sequence[Case], groups: Groups) -> list[int]:
    everybody = {case.organisation for case in cases}
    return sorted(everybody.union(*(group for group in groups.values())))


def _counted(
    rule: ScreeningRule,
    cases: Sequence[Case],
    groups: Groups,
    held: list[tuple],
    *,
    with_own: bool,
) -> dict[int, Finding]:
    """`with_own` counts the application itself, too."""
    most = rule.parameters["most"]
    by_organisation: dict[int, list[tuple[int, str]]] = {}
    for organisation, application, reference in held:
        by_organisation.setdefault(organisation, []).append((application, reference))
    holders = [key for group in groups.values() for key in group if key in by_organisation]
    names = dict(Organisation.objects.filter(pk__in=holders).values_list("pk", "name"))
    found = {}
    for case in cases:
        others: list[dict[str, Any]] = [
            {"reference": reference}
            for application, reference in by_organisation.get(case.organisation, [])
            if application != case.pk
        ]
        for organisation, link in groups.get(case.organisation, {}).items():
            told = {"organisation": names.get(organisation, ""), "by": link.by, "what": link.what}
            for _application, reference in by_organisation.get(organisation, []):
                others.append({"reference": reference, **told})
        count = len(others) + with_own
        evidence = {"count": count, "most": most, "others": others[:MOST_TOLD]}
        if "scope" in rule.parameters:
            evidence["scope"] = rule.parameters["scope"]
        found[case.pk] = (passed if count <= most else failed)(**evidence)
    return found
