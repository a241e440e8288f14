"""The verbs of funds, programs and rounds; those of a form stand in `forms`, by use case."""

from grants.programs.services.calendar import run_calendar
from grants.programs.services.funds import (
    change_limits,
    change_texts,
    create_program,
    found_fund,
    fund_account,
)
from grants.programs.services.rounds import (
    WHOLE,
    begin_review,
    change_round,
    close_round,
    create_round,
    missing_for_opening,
    note_all_decided,
    open_round,
    round_account,
)

__all__ = [
    "WHOLE",
    "begin_review",
    "change_limits",
    "change_round",
    "change_texts",
    "close_round",
    "create_program",
    "create_round",
    "found_fund",
    "fund_account",
    "missing_for_opening",
    "note_all_decided",
    "open_round",
    "round_account",
    "run_calendar",
]
