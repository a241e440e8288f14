"""Rules about what another applicant has as well."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from grants.screening.judges.cases import MOST_TOLD, Case, Finding, failed, passed, rows
from grants.screening.models import ScreeningRule

ACCOUNTS = """
SELECT DISTINCT mine.organisation_id, o.name, theirs.account_tail
  FROM grants_payee mine
  JOIN grants_payee theirs ON theirs.account_index = mine.account_index
   AND theirs.organisation_id <> mine.organisation_id
  JOIN grants_organisation o ON o.id = theirs.organisation_id
 WHERE mine.organisation_id = ANY(%s)
 ORDER BY 1, 2
"""
NAMED_ACCOUNT = "SELECT DISTINCT organisation_id FROM grants_payee WHERE organisation_id = ANY(%s)"
SAME_VALUE = """
SELECT mine.application_id, a.reference, o.name, mine.value
  FROM grants_screeningfact mine
  JOIN grants_screeningfact theirs ON theirs.name = mine.name AND theirs.value = mine.value
  JOIN grants_application own ON own.id = mine.application_id
  JOIN grants_application a ON a.id = theirs.application_id
   AND a.organisation_id <> own.organisation_id AND a.state <> 'withdrawn'
  JOIN grants_organisation o ON o.id = a.organisation_id
 WHERE mine.name = %s AND mine.application_id = ANY(%s)
 ORDER BY mine.application_id, a.id
"""
# The first few that are alike: of ten thousand copies five tell as much. `btrim` keeps the planner
# from the index of the names: only the one of the trigrams is quick.
ALIKE = """
SELECT mine.application_id, found.reference, found.organisation,
       round(similarity(mine.value, found.value)::numeric, 2)
  FROM grants_screeningfact mine
  JOIN grants_application own ON own.id = mine.application_id
 CROSS JOIN LATERAL (
       SELECT a.reference, o.name AS organisation, theirs.value
         FROM grants_screeningfact theirs
         JOIN grants_application a ON a.id = theirs.application_id
          AND a.organisation_id <> own.organisation_id AND a.state <> 'withdrawn'
         JOIN grants_organisation o ON o.id = a.organisation_id
        WHERE theirs.is_text AND btrim(theirs.name) = mine.name AND theirs.value %% mine.value
        LIMIT {most}) found
 WHERE mine.name = %s AND mine.application_id = ANY(%s) AND length(mine.value) >= {shortest}
 ORDER BY mine.application_id, 4 DESC, 2
"""
# Two short answers are alike without meaning anything.
SHORTEST_TEXT = 20


def same_code(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    """By the codes that `facts` wrote down: of the organisation, or typed into the question."""
    return _same_value(f"code:{rule.parameters['question']}", cases)


def same_package(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    return _same_value(f"package:{rule.parameters['question']}", cases)


def _same_value(name: str, cases: Sequence[Case]) -> dict[int, Finding]:
    alike = _by_first(rows(SAME_VALUE, [name, [case.pk for case in cases]]))
    found = {}
    for case in cases:
        others = [
            {"reference": reference, "organisation": organisation, "value": value}
            for reference, organisation, value in alike.get(case.pk, [])[:MOST_TOLD]
        ]
        found[case.pk] = failed(others=others) if others else passed()
    return found


def same_account(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    """Who has named no account yet has none in common; the next run asks again."""
    keys = [case.organisation for case in cases]
    alike = _by_first(rows(ACCOUNTS, [keys]))
    named = {key for (key,) in rows(NAMED_ACCOUNT, [keys])}
    found = {}
    for case in cases:
        others = [
            {"organisation": organisation, "account": tail}
            for organisation, tail in alike.get(case.organisation, [])[:MOST_TOLD]
        ]
        if others:
            found[case.pk] = failed(others=others)
        else:
            found[case.pk] = passed(named=case.organisation in named)
    return found


def similar_text(rule: ScreeningRule, cases: Sequence[Case]) -> dict[int, Finding]:
    question, threshold = rule.parameters["question"], rule.parameters["threshold"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [threshold])
    statement = ALIKE.format(most=MOST_TOLD, shortest=SHORTEST_TEXT)
    alike = _by_first(rows(statement, [f"text:{question}", [case.pk for case in cases]]))
    found = {}
    for case in cases:
        others = [
            {"reference": reference, "organisation": organisation, "percent": int(part * 100)}
            for reference, organisation, part in alike.get(case.pk, [])
        ]
        found[case.pk] = failed(others=others, question=question) if others else passed()
    return found


def _by_first(found: Iterable[tuple]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for key, *rest in found:
        grouped.setdefault(key, []).append(tuple(rest))
    return grouped
