"""Which people of the desk have to do with which applicants, by what the portal knows of both.

Set-based: one statement over all pairs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

PUBLIC_MAIL = Path(__file__).parent / "data" / "public_mail.txt"

SETS = """
WITH people AS (
  SELECT u.id, u.name, split_part(lower(u.email), '@', 2) AS domain
    FROM grants_user u WHERE u.id = ANY(%(people)s)
), cases AS (
  SELECT a.id, a.organisation_id FROM grants_application a WHERE a.id = ANY(%(cases)s)
), belongs AS (
  SELECT p.id AS person, m.organisation_id, o.name, o.legal_representative
    FROM people p JOIN grants_membership m ON m.user_id = p.id
    JOIN grants_organisation o ON o.id = m.organisation_id
)
"""
SAME_ORGANISATION = """
SELECT c.id, b.person, 'membership', b.name, ''
  FROM cases c JOIN belongs b ON b.organisation_id = c.organisation_id
"""
# Somebody of the applicant is a member of an organisation of the person; it may have an award.
SHARED_MEMBER = """
SELECT c.id, b.person,
       CASE WHEN a.reference IS NULL THEN 'shared_member' ELSE 'joint_award' END,
       u.name, coalesce(a.reference, b.name)
  FROM cases c
  JOIN grants_membership theirs ON theirs.organisation_id = c.organisation_id
  JOIN grants_membership also
    ON also.user_id = theirs.user_id AND also.organisation_id <> c.organisation_id
  JOIN belongs b ON b.organisation_id = also.organisation_id AND b.person <> theirs.user_id
  JOIN grants_user u ON u.id = theirs.user_id
  LEFT JOIN LATERAL (
    SELECT award.reference FROM grants_award award
      JOIN grants_application x ON x.id = award.application_id
     WHERE x.organisation_id = b.organisation_id ORDER BY award.id DESC LIMIT 1
  ) a ON true
"""
# RFC 2606 keeps these endings for examples and tests: nobody works there.
SAME_DOMAIN = r"""
SELECT c.id, p.id, 'domain', p.domain, u.name
  FROM cases c
  JOIN grants_membership m ON m.organisation_id = c.organisation_id
  JOIN grants_user u ON u.id = m.user_id
  JOIN people p ON p.domain = split_part(lower(u.email), '@', 2) AND p.id <> u.id
 WHERE p.domain <> ALL(%(public)s) AND p.domain !~ '\.(example|test|invalid|localhost)$'
UNION ALL
SELECT c.id, p.id, 'domain', p.domain, o.website
  FROM cases c
  JOIN grants_organisation o ON o.id = c.organisation_id AND o.website <> ''
  JOIN people p
    ON p.domain = regexp_replace(split_part(split_part(lower(o.website), '://', 2), '/', 1),
                                 '^www\.|:[0-9]+$', '', 'g')
 WHERE p.domain <> ALL(%(public)s)
"""
# An Alipay account may be a telephone number; the portal asks for no other.
SAME_ACCOUNT = """
SELECT c.id, b.person, 'account', theirs.account_tail, b.name
  FROM cases c
  JOIN grants_payee theirs ON theirs.organisation_id = c.organisation_id
  JOIN grants_payee mine
    ON mine.account_index = theirs.account_index AND mine.organisation_id <> c.organisation_id
  JOIN belongs b ON b.organisation_id = mine.organisation_id
"""
SAME_REPRESENTATIVE = """
SELECT c.id, p.id, 'representative', o.legal_representative, p.name
  FROM cases c
  JOIN grants_organisation o ON o.id = c.organisation_id AND length(o.legal_representative) > 1
  JOIN people p ON p.name = o.legal_representative
UNION ALL
SELECT c.id, b.person, 'representative', o.legal_representative, b.name
  FROM cases c
  JOIN grants_organisation o ON o.id = c.organisation_id AND length(o.legal_representative) > 1
  JOIN belongs b
    ON b.legal_representative = o.legal_representative AND b.organisation_id <> o.id
"""
PARTS = (SAME_ORGANISATION, SHARED_MEMBER, SAME_DOMAIN, SAME_ACCOUNT, SAME_REPRESENTATIVE)
# One row for each kind; where several lead there, the first by what they say.
SELECTED = """
SELECT DISTINCT ON (application, person, kind) application, person, kind, what, other
  FROM (%(parts)s) AS found (application, person, kind, what, other)
 ORDER BY application, person, kind, what, other
"""
QUERY = SETS + SELECTED.replace("%(parts)s", " UNION ALL ".join(PARTS))


@dataclass(frozen=True)
class Found:
    """`what` is what both have; `other` through whom or what."""

    application: int
    person: int
    kind: str
    what: str
    other: str


@cache
def public_domains() -> list[str]:
    lines = PUBLIC_MAIL.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def detect(applications: Iterable[int], people: Iterable[int]) -> list[Found]:
    """One query, whatever the numbers."""
    asked: dict[str, Any] = {
        "cases": list(applications),
        "people": list(people),
        "public": public_domains(),
    }
    with connection.cursor() as cursor:
        cursor.execute(QUERY, asked)
        return [Found(*row) for row in cursor.fetchall()]
