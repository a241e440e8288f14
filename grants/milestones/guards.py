"""Triggers by which the plan of an award stays as it was accepted, whoever writes."""

from grants.core.triggers import fixed, kept, only_moves
from grants.milestones import lifecycle

MILESTONE = [
    *kept("milestone"),
    fixed("milestone", "award_id", "number", "amount"),
    only_moves("milestone", lifecycle.MILESTONE),
]
