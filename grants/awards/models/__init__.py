"""Decisions and the awards that they make."""

from grants.awards.models.decisions import Decision, DecisionQuerySet, Outcome
from grants.awards.models.meetings import Meeting, MeetingItem, MeetingQuerySet
from grants.awards.models.promises import Award, AwardQuerySet

__all__ = [
    "Award",
    "AwardQuerySet",
    "Decision",
    "DecisionQuerySet",
    "Meeting",
    "MeetingItem",
    "MeetingQuerySet",
    "Outcome",
]
