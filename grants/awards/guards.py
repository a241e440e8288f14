"""Triggers by which a decision and its award stay what two people made them, whoever writes."""

import pgtrigger

from grants.awards import lifecycle
from grants.core.triggers import fixed, kept, only_moves, refuse

DECISION = [
    *kept("decision"),
    fixed("decision", "application_id", "proposed_by_id", "proposed_at"),
    only_moves("decision", lifecycle.DECISION),
    refuse(
        "decision_confirmed_as_it_is",
        pgtrigger.Update,
        "what was confirmed stays as it was confirmed",
        condition=pgtrigger.Condition(
            "OLD.state IN ('confirmed', 'released')"
            " AND ROW(OLD.outcome, OLD.amount, OLD.reasons, OLD.basis, OLD.confirmed_by_id,"
            " OLD.confirmed_at) IS DISTINCT FROM ROW(NEW.outcome, NEW.amount, NEW.reasons,"
            " NEW.basis, NEW.confirmed_by_id, NEW.confirmed_at)"
        ),
    ),
]

AWARD = [
    *kept("award"),
    fixed("award", "reference", "application_id", "decision_id", "amount", "plan"),
    only_moves("award", lifecycle.AWARD),
    pgtrigger.Trigger(
        name="award_is_of_its_decision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM grants_decision
              WHERE id = NEW.decision_id AND application_id = NEW.application_id
                AND outcome = 'award' AND amount = NEW.amount
                AND state IN ('confirmed', 'released');
            IF NOT FOUND THEN
                RAISE EXCEPTION 'an award is what a confirmed decision says'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]

MEETING = [
    *kept("meeting"),
    fixed("meeting", "round_id", "planned_by_id", "planned_at"),
    only_moves("meeting", lifecycle.MEETING),
    refuse(
        "meeting_ended_as_it_is",
        pgtrigger.Update,
        "a meeting that ended stays as it was",
        condition=pgtrigger.Condition("OLD.state = 'ended'"),
    ),
]

NOT_ENDED = """
    PERFORM 1 FROM grants_meeting WHERE id = ROW.meeting_id AND state = 'ended';
    IF FOUND THEN
        RAISE EXCEPTION 'what a meeting noted stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN ROW;
"""


def _while_it_runs(name: str, operation, row: str) -> pgtrigger.Trigger:
    func = NOT_ENDED.replace("ROW", row)
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, func=func)


MEETING_ITEM = [
    fixed("meetingitem", "meeting_id", "application_id"),
    _while_it_runs("meetingitem_written_in_time", pgtrigger.Insert | pgtrigger.Update, "NEW"),
    _while_it_runs("meetingitem_removed_in_time", pgtrigger.Delete, "OLD"),
    refuse("meetingitem_no_truncate", pgtrigger.Truncate, "items stay", level=pgtrigger.Statement),
]
