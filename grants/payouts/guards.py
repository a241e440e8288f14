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
    pgtrigger.Trigger(
        name="attempt_is_of_a_payout_on_its_way",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.state IN ('prepared', 'accepted', 'unknown')"),
        declare=[("was", "text")],
        func="""
            SELECT state INTO was FROM grants_payout WHERE id = NEW.payout_id FOR SHARE;
            IF was NOT IN ('sending', 'sent', 'unknown') THEN
                RAISE EXCEPTION 'only a payout on its way is sent'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]
