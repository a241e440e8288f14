"""Writes down what applications are compared by, from what they sent last."""

from django.db import connection

from grants.screening.lifecycle import RuleKind
from grants.screening.models import ScreeningRule

# What was read from an earlier submission is read again.
FORGET = """
DELETE FROM grants_screeningfact f
 USING (SELECT application_id, max(number) AS number FROM grants_submission
         WHERE application_id IN (SELECT application_id FROM grants_screeningfact
                                   WHERE name = %(name)s)
         GROUP BY application_id) latest
 WHERE f.name = %(name)s AND f.application_id = latest.application_id
   AND f.submission_number < latest.number
"""
READ = """
INSERT INTO grants_screeningfact (application_id, submission_number, name, is_text, value)
SELECT DISTINCT a.id, s.number, %(name)s, %(is_text)s, left(found.value, 600)
  FROM grants_application a
  JOIN grants_organisation o ON o.id = a.organisation_id
 CROSS JOIN LATERAL (SELECT number, content -> 'answers' -> %(key)s AS answer
                       FROM grants_submission WHERE application_id = a.id
                      ORDER BY number DESC LIMIT 1) s
 CROSS JOIN LATERAL ({values}) AS found (value)
 WHERE a.submitted_at IS NOT NULL AND found.value <> ''
   AND NOT EXISTS (SELECT 1 FROM grants_screeningfact f
                    WHERE f.application_id = a.id AND f.name = %(name)s)
"""
WHOLE = "s.answer #>> '{}'"
VALUES = {
    RuleKind.SAME_CODE: (
        "code",
        "SELECT upper(regexp_replace("
        f"coalesce(nullif(o.credit_code, ''), {WHOLE}), '\\s', '', 'g'))",
    ),
    RuleKind.SAME_PACKAGE: (
        "package",
        "SELECT lower(trim(row ->> 'package_name')) FROM jsonb_array_elements("
        " CASE jsonb_typeof(s.answer) WHEN 'array' THEN s.answer ELSE '[]' END) AS row"
        " UNION ALL"
        f" SELECT lower(trim({WHOLE})) WHERE jsonb_typeof(s.answer) = 'string'",
    ),
    RuleKind.SIMILAR_TEXT: (
        "text",
        f"SELECT left(lower(regexp_replace({WHOLE}, '\\s+', ' ', 'g')), 600)",
    ),
}


def read_facts(rule: ScreeningRule) -> None:
    """Two statements over everything that was sent and not read yet."""
    if rule.kind not in VALUES:
        return
    prefix, values = VALUES[RuleKind(rule.kind)]
    key = rule.parameters["question"]
    given = {"name": f"{prefix}:{key}", "key": key, "is_text": prefix == "text"}
    with connection.cursor() as cursor:
        cursor.execute(FORGET, given)
        cursor.execute(READ.format(values=values), given)
