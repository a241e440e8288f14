"""What the standing checks of applications say together."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

SUM = """
INSERT INTO grants_screening (application_id, outcome, failed, checked_at)
SELECT key,
       CASE WHEN bool_or(c.outcome = 'failed' AND r.is_blocking) THEN 'failed'
            WHEN bool_or(c.outcome = 'failed') THEN 'warned'
            WHEN bool_or(c.outcome = 'unclear') THEN 'unclear'
            ELSE 'passed' END,
       count(*) FILTER (WHERE c.outcome = 'failed'),
       CASE WHEN %(is_run)s THEN %(now)s ELSE to_timestamp(0) END
  FROM unnest(%(keys)s::bigint[]) AS key
  LEFT JOIN (SELECT DISTINCT ON (application_id, rule_id) application_id, rule_id, outcome
               FROM grants_eligibilitycheck WHERE application_id = ANY(%(keys)s)
              ORDER BY application_id, rule_id, id DESC) c ON c.application_id = key
  LEFT JOIN grants_screeningrule r ON r.id = c.rule_id AND r.is_on AND r.removed_at IS NULL
 WHERE c.application_id IS NULL OR r.id IS NOT NULL
 GROUP BY key
ON CONFLICT (application_id) DO UPDATE
   SET outcome = excluded.outcome, failed = excluded.failed, checked_at = CASE
       WHEN %(is_run)s THEN excluded.checked_at ELSE grants_screening.checked_at END
"""


def sum_up(applications: Sequence[int], *, is_run: bool) -> None:
    """Writes the sum of each; a run also says that all was asked now."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"keys": list(applications), "now": timezone.now()}
        cursor.execute(SUM, given | {"is_run": is_run})
