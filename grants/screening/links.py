"""Which organisations belong together, and by what."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

# By a member whom both have, a bank account that both named, the same name, the same body number
# within the credit code (its signs 9 to 17), or the same legal representative in one province:
# in the whole country too many people have one name.
EDGES = """
SELECT DISTINCT mine.organisation_id, theirs.organisation_id, 'member', u.name
  FROM grants_membership mine
  JOIN grants_membership theirs ON theirs.user_id = mine.user_id
   AND theirs.organisation_id <> mine.organisation_id
  JOIN grants_user u ON u.id = mine.user_id
 WHERE mine.organisation_id = ANY(%(keys)s)
UNION ALL
SELECT DISTINCT mine.organisation_id, theirs.organisation_id, 'account', theirs.account_tail
  FROM grants_payee mine
  JOIN grants_payee theirs ON theirs.account_index = mine.account_index
   AND theirs.organisation_id <> mine.organisation_id
 WHERE mine.organisation_id = ANY(%(keys)s)
UNION ALL
SELECT mine.id, theirs.id, 'name', theirs.name
  FROM grants_organisation mine
  JOIN grants_organisation theirs ON lower(theirs.name) = lower(mine.name) AND theirs.id <> mine.id
 WHERE mine.id = ANY(%(keys)s) AND theirs.kind = mine.kind AND mine.kind = 'company'
UNION ALL
SELECT mine.id, theirs.id, 'code', substr(theirs.credit_code, 9, 9)
  FROM grants_organisation mine
  JOIN grants_organisation theirs
    ON substr(theirs.credit_code, 9, 9) = substr(mine.credit_code, 9, 9) AND theirs.id <> mine.id
 WHERE mine.id = ANY(%(keys)s) AND mine.credit_code <> '' AND theirs.credit_code <> ''
UNION ALL
SELECT mine.id, theirs.id, 'representative', theirs.legal_representative
  FROM grants_organisation mine
  JOIN grants_organisation theirs
    ON lower(theirs.legal_representative) = lower(mine.legal_representative)
   AND coalesce(nullif(theirs.region, ''), substr(theirs.credit_code, 3, 2))
     = coalesce(nullif(mine.region, ''), nullif(substr(mine.credit_code, 3, 2), ''))
   AND theirs.id <> mine.id
 WHERE mine.id = ANY(%(keys)s) AND mine.legal_representative <> ''
"""
# A links to B, B to C, C to D: further nobody would call them one group.
FARTHEST = 3


@dataclass(frozen=True)
class Link:
    """`by` is member, account, name, code or representative; `what` is what both have."""

    by: str
    what: str


def linked_to(organisations: Iterable[int]) -> dict[int, dict[int, Link]]:
    """Of each organisation those that belong to its group, with the link that led there.

    At most `FARTHEST` queries, whatever the number of organisations.
    """
    roots = set(organisations)
    edges: dict[int, dict[int, Link]] = {}
    frontier = roots
    for _step in range(FARTHEST):
        if not frontier:
            break
        for mine, theirs, by, what in _edges(frontier):
            edges.setdefault(mine, {}).setdefault(theirs, Link(by, what))
        reached = {other for row in edges.values() for other in row}
        frontier = reached - set(edges) - roots
    return {root: _group(root, edges) for root in roots if root in edges}


def _edges(keys: set[int]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(EDGES, {"keys": sorted(keys)})
        return cursor.fetchall()


def _group(root: int, edges: dict[int, dict[int, Link]]) -> dict[int, Link]:
    found: dict[int, Link] = {}
    frontier = [root]
    for _step in range(FARTHEST):
        following = []
        for place in frontier:
            for other, link in edges.get(place, {}).items():
                if other != root and other not in found:
                    found[other] = link
                    following.append(other)
        frontier = following
    return found
