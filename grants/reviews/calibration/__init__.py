"""Scores without the luck of the draw of reviewers, and how sure they are: pure functions."""

from grants.reviews.calibration.agreement import Agreement, agreement
from grants.reviews.calibration.model import FORMULA, Fit, fit
from grants.reviews.calibration.scores import Scores, scores, to_places
from grants.reviews.calibration.stability import Stability, above_line, flips, ranks, stability

__all__ = [
    "FORMULA",
    "Agreement",
    "Fit",
    "Scores",
    "Stability",
    "above_line",
    "agreement",
    "fit",
    "flips",
    "ranks",
    "scores",
    "stability",
    "to_places",
]
