"""docs/attacks.md lists what raw SQL is refused, and nothing else."""

import re

from fundportal.env import ROOT
from tests.ledger import test_attacks as grant
from tests.payouts.test_raw_sql import RAW

PAGE = ROOT / "docs" / "attacks.md"


def attacks() -> list[str]:
    found = (
        grant.GONE + grant.WRITTEN_ONCE + grant.CASES + grant.PAYOUTS + grant.APPROVED + grant.DUE
    )
    found += [f"UPDATE {table} SET {change}" for table, change in RAW]
    return list(dict.fromkeys(found))


def test_page_lists_every_attack_once():
    listed = re.findall(r"^- `(.+)`$", PAGE.read_text(), re.MULTILINE)

    assert sorted(listed) == sorted(attacks())
