"""Answers: read as typed values where they are right, kept as typed where they are not."""

from grants.applications.answers.checking import (
    amount_problem,
    misshapen,
    problems,
    read_answer,
    tidy,
    totals,
)
from grants.applications.answers.reading import Wrong, read_text
from grants.applications.answers.rows import as_rows, total_of

__all__ = [
    "Wrong",
    "amount_problem",
    "as_rows",
    "misshapen",
    "problems",
    "read_answer",
    "read_text",
    "tidy",
    "total_of",
    "totals",
]
