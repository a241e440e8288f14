"""What the judges know of an application: as it was sent last."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from grants.screening.lifecycle import CheckOutcome

CASES = """
SELECT a.id, a.reference, a.organisation_id, o.name, o.kind, o.credit_code, a.round_id,
       (s.content -> 'answers')::text
  FROM grants_application a
  JOIN grants_organisation o ON o.id = a.organisation_id
 CROSS JOIN LATERAL (SELECT content FROM grants_submission
                      WHERE application_id = a.id ORDER BY number DESC LIMIT 1) s
 WHERE a.id = ANY(%s)
 ORDER BY a.id
"""
# Of how many others the evidence tells.
MOST_TOLD = 5


@dataclass(frozen=True)
class Case:
    pk: int
    reference: str
    organisation: int
    name: str
    kind: str
    credit_code: str
    round: int
    answers: dict[str, Any]


@dataclass(frozen=True)
class Finding:
    outcome: str
    evidence: dict[str, Any] = field(default_factory=dict)


def passed(**evidence) -> Finding:
    return Finding(CheckOutcome.PASSED, evidence)


def failed(**evidence) -> Finding:
    return Finding(CheckOutcome.FAILED, evidence)


def unclear(**evidence) -> Finding:
    return Finding(CheckOutcome.UNCLEAR, evidence)


def cases_of(keys: Sequence[int]) -> list[Case]:
    """The cases with these keys, in their order. One query."""
    found = []
    for *columns, answers in rows(CASES, [list(keys)]):
        columns.append(json.loads(answers))
        found.append(Case(*columns))
    return found


def rows(statement: str, values: Sequence) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
