"""Rules about who applies."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from stdnum.cn import uscc

from grants.accounts.models import OrganisationKind
from grants.core.regions import region_of
from grants.screening.judges.cases import Case, Finding, failed, passed, rows, unclear
from grants.screening.kinds import Test
from grants.screening.models import ScreeningRule

# The latest signal of that name: the application's own, else its organisation's.
SIGNALS = """
SELECT DISTINCT ON (a.id) a.id, s.value, s.as_of, b.source
  FROM grants_application a
  JOIN grants_signal s ON s.application_id = a.id OR s.organisation_id = a.organisation_id
  JOIN grants_signalimport b ON b.id = s.batch_id
 WHERE a.id = ANY(%s) AND s.name = %s
 ORDER BY a.id, (s.application_id IS NULL), s.as_of DESC, s.id DESC
"""


def applicant_kind(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    allowed = rule.parameters["kinds"]
    return {
        case.pk: (passed if case.kind in allowed else failed)(kind=case.kind, allowed=allowed)
        for case in cases
    }


def credit_code(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    """Companies have a code with the right check character (GB 32100); individuals need none."""
    found = {}
    for case in cases:
        if case.kind == OrganisationKind.INDIVIDUAL and not case.credit_code:
            found[case.pk] = passed(kind=case.kind)
        elif not case.credit_code:
            found[case.pk] = failed(code="")
        else:
            is_valid = uscc.is_valid(case.credit_code)
            found[case.pk] = (passed if is_valid else failed)(code=case.credit_code)
    return found


def region(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    """By the credit code, or by the answer to a choice."""
    key, allowed = rule.parameters["question"], rule.parameters["regions"]
    found = {}
    for case in cases:
        place = case.answers.get(key, "") if key else region_of(case.credit_code)
        told = {"region": place, "allowed": allowed, "question": key}
        if not place:
            found[case.pk] = unclear(**told)
        else:
            found[case.pk] = (passed if place in allowed else failed)(**told)
    return found


def signal(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    """Unclear where there is no such signal, or only one that is too old."""
    parameters = rule.parameters
    name, days = parameters["name"], parameters["days"]
    asked = {"name": name, "test": parameters["test"], "wanted": parameters["value"]}
    wanted = Decimal(parameters["value"])
    known = {row[0]: row[1:] for row in rows(SIGNALS, [[case.pk for case in cases], name])}
    oldest = timezone.localdate() - timedelta(days=days) if days else None
    found = {}
    for case in cases:
        if case.pk not in known:
            found[case.pk] = unclear(**asked)
            continue
        value, as_of, source = known[case.pk]
        told = asked | {
            "value": f"{value.normalize():f}",
            "as_of": as_of.isoformat(),
            "source": source,
        }
        if oldest and as_of < oldest:
            found[case.pk] = unclear(**told, days=days)
            continue
        is_met = value >= wanted if parameters["test"] == Test.AT_LEAST else value <= wanted
        found[case.pk] = (passed if is_met else failed)(**told)
    return found
