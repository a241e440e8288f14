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
