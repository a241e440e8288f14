"""What officers and reviewers do with reviews."""

from grants.reviews.services.assigning import accept, assign, decline, recuse
from grants.reviews.services.scoring import (
    NOT_APPLICABLE,
    reopen_review,
    save_review,
    submit_review,
)

__all__ = [
    "NOT_APPLICABLE",
    "accept",
    "assign",
    "decline",
    "recuse",
    "reopen_review",
    "save_review",
    "submit_review",
]
