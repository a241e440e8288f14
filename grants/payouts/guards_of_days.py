"""Triggers by which a closed day stays as it was closed, whoever writes."""

import pgtrigger

from grants.core.triggers import fixed, kept, only_moves
from grants.payouts import lifecycle

CLOSED = """
    IF EXISTS (SELECT 1 FROM grants_closedday WHERE day = DAY) THEN
        RAISE EXCEPTION 'the day % is closed', DAY USING ERRCODE = 'check_violation';
    END IF;
    RETURN ROW;
"""
DAY_OF_LINE = "SELECT booked_on INTO of_day FROM grants_statementline WHERE id = ROW.line_id;"


def _open_day(name: str, operation, row: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func=CLOSED.replace("DAY", f"{row}.booked_on").replace("ROW", row),
    )


def _line_of_open_day(name: str, operation, row: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        declare=[("of_day", "date")],
        func=DAY_OF_LINE.replace("ROW", row) + CLOSED.replace("DAY", "of_day").replace("ROW", row),
    )


LINE = [
    *kept("statementline"),
    fixed(
        "statementline",
        "statement_id",
        "ordinal",
        "fingerprint",
        "booked_on",
        "amount",
        "says",
        "number",
        "bank_reference",
    ),
    only_moves("statementline", lifecycle.LINE),
    _open_day("statementline_of_open_day", pgtrigger.Insert | pgtrigger.Update, "NEW"),
]
RECONCILIATION = [
    fixed("reconciliation", "line_id", "attempt_id", "how", "confidence", "is_settling"),
    _line_of_open_day("reconciliation_of_open_day", pgtrigger.Insert, "NEW"),
    _line_of_open_day("reconciliation_stays_with_its_day", pgtrigger.Delete, "OLD"),
]
