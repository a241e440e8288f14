"""Which reviewer gets which application: the question, a solver, and a simple way beside it."""

from grants.reviews.matching.problem import Case, Plan, Problem, Reason, Reviewer, Shortage
from grants.reviews.matching.solver import solve

__all__ = ["Case", "Plan", "Problem", "Reason", "Reviewer", "Shortage", "solve"]
