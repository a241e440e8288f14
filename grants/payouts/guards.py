"""Triggers that keep payouts, batches and attempts from any writer, raw SQL included."""

import pgtrigger

from grants.core.triggers import fixed, kept, only_moves, refuse
from grants.payouts import lifecycle

PAYEE = [
    *kept("payee"),
    fixed(
        "payee",
        "organisation_id",
        "kind",
        "holder_name",
        "bank_name",
        "cnaps_code",
        "account_index",
        "account_tail",
        "named_by_id",
        "replaces_id",
    ),
    only_moves("payee", lifecycle.PAYEE),
]

BATCH = [
    *kept("payoutbatch"),
    fixed("payoutbatch", "reference", "rail", "prepared_by_id"),
    only_moves("payoutbatch", lifecycle.BATCH),
    refuse(
        "payoutbatch_approved_as_it_is",
        pgtrigger.Update,
        "what was approved stays as it was approved",
        condition=pgtrigger.Condition(
            "OLD.state IN ('approved', 'released', 'finished')"
            " AND NEW.state IN ('approved', 'released', 'finished')"
            " AND (OLD.total, OLD.count, OLD.digest, OLD.approved_by_id, OLD.second_approved_by_id,"
            " OLD.needs_second) IS DISTINCT FROM (NEW.total, NEW.count, NEW.digest,"
            " NEW.approved_by_id, NEW.second_approved_by_id, NEW.needs_second)"
        ),
    ),
]


def _batch_is(name: str, when: str, states: str, message: str) -> pgtrigger.Trigger:
    """Refuses the change of a payout whose batch is in none of the states."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(when),
        func=f"""
            PERFORM 1 FROM grants_payoutbatch
              WHERE id = NEW.batch_id AND state IN ({states}) FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


PAYOUT = [
    *kept("payout"),
    fixed("payout", "reference", "milestone_id", "gross", "withheld", "net"),
    only_moves("payout", lifecycle.PAYOUT),
    refuse(
        "payout_payee_while_free",
        pgtrigger.Update,
        "a payout that was approved keeps its payee",
        condition=pgtrigger.Condition(
            "OLD.payee_id <> NEW.payee_id"
            " AND OLD.state NOT IN ('due', 'held', 'failed', 'returned')"
        ),
    ),
    refuse(
        "payout_stays_in_its_batch",
        pgtrigger.Update,
        "a payout that was approved stays in its batch",
        condition=pgtrigger.Condition(
            "OLD.batch_id IS DISTINCT FROM NEW.batch_id"
            " AND NEW.state IN ('approved', 'sending', 'sent', 'unknown', 'paid')"
        ),
    ),
    _batch_is(
        "payout_enters_an_open_batch",
        "OLD.batch_id IS DISTINCT FROM NEW.batch_id AND NEW.batch_id IS NOT NULL",
        "'open'",
        "a payout enters a batch that is open",
    ),
    _batch_is(
        "payout_approved_with_its_batch",
        "OLD.state <> NEW.state AND NEW.state = 'approved'",
        "'approved'",
        "a payout is approved with its batch",
    ),
    _batch_is(
        "payout_sent_with_its_batch",
        "OLD.state = 'approved' AND NEW.state = 'sending'",
        "'released'",
        "a payout is sent with its batch",
    ),
    pgtrigger.Trigger(
        name="payout_is_of_its_milestone",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("promised", "numeric")],
        func="""
            SELECT amount INTO promised FROM grants_milestone
             WHERE id = NEW.milestone_id AND state = 'accepted';
            IF promised IS DISTINCT FROM NEW.gross THEN
                RAISE EXCEPTION 'a payout is of the amount of an accepted milestone'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]

ATTEMPT = [
    *kept("paymentattempt"),
    fixed("paymentattempt", "payout_id", "batch_id", "number", "rail"),
    only_moves("paymentattempt", lifecycle.ATTEMPT),
    refuse(
        "attempt_begins_prepared",
        pgtrigger.Insert,
        "an attempt begins as prepared; only verbs move it on",
        condition=pgtrigger.Condition("NEW.state <> 'prepared'"),
    ),
    pgtrigger.Trigger(
        name="attempt_is_of_a_payout_on_its_way",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM grants_payout p JOIN grants_payoutbatch b ON b.id = p.batch_id
              WHERE p.id = NEW.payout_id AND p.state IN ('sending', 'sent', 'unknown')
                AND b.id = NEW.batch_id AND b.rail = NEW.rail AND b.state = 'released'
                FOR SHARE OF p;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'only a payout on its way is sent, by the rail of its batch'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]
