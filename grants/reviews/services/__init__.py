"""What officers and reviewers do with reviews."""

from grants.reviews.services.assigning import (
    accept,
    assign,
    come_back,
    decline,
    recuse,
    stand_back,
)
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
    "come_back",
    "decline",
    "recuse",
    "reopen_review",
    "save_review",
    "stand_back",
    "submit_review",
]
