"""Funds, programs and rounds, with the questions and criteria of a round."""

from grants.programs.models.forms import FormVersion, Question, QuestionKind, Section
from grants.programs.models.funds import Fund, Program
from grants.programs.models.rounds import Criterion, PlannedMilestone, Round, RoundQuerySet

__all__ = [
    "Criterion",
    "FormVersion",
    "Fund",
    "PlannedMilestone",
    "Program",
    "Question",
    "QuestionKind",
    "Round",
    "RoundQuerySet",
    "Section",
]
