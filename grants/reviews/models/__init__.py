"""Assignments of reviewers, and their reviews."""

from grants.reviews.models.assignments import (
    STANDING,
    Assignment,
    AssignmentQuerySet,
)
from grants.reviews.models.calibrations import CalibrationRun, CaseStanding, ReviewerStanding
from grants.reviews.models.reviews import (
    Confidence,
    Recommendation,
    Review,
    ReviewQuerySet,
    Score,
    weighted_mean,
)

__all__ = [
    "STANDING",
    "Assignment",
    "AssignmentQuerySet",
    "CalibrationRun",
    "CaseStanding",
    "Confidence",
    "Recommendation",
    "Review",
    "ReviewQuerySet",
    "ReviewerStanding",
    "Score",
    "weighted_mean",
]
