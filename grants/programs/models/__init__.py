"""Funds, programs and rounds, with the questions and criteria of a round."""

from grants.programs.models.forms import (
    FormRule,
    FormVersion,
    LimitUnit,
    Question,
    QuestionKind,
    Section,
)
from grants.programs.models.funds import Fund, Program
from grants.programs.models.rounds import Criterion, PlannedMilestone, Round, RoundQuerySet

__all__ = [
    "Criterion",
    "FormRule",
    "FormVersion",
    "Fund",
    "LimitUnit",
    "PlannedMilestone",
    "Program",
    "Question",
    "QuestionKind",
    "Round",
    "RoundQuerySet",
    "Section",
]
