"""Triggers that hold the books together against any writer, raw SQL included."""

import pgtrigger

from grants.core.triggers import refuse

BALANCED = """
    SELECT e.amount, e.posting_count, count(p.id) AS legs, coalesce(sum(p.amount), 0) AS total,
           coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS moved,
           count(*) FILTER (WHERE a.currency <> e.currency) AS foreign_legs
      INTO seen
      FROM grants_journalentry e
      LEFT JOIN grants_posting p ON p.entry_id = e.id
      LEFT JOIN grants_ledgeraccount a ON a.id = p.account_id
     WHERE e.id = ENTRY_ID GROUP BY e.id;
    IF seen.total <> 0 OR seen.legs <> seen.posting_count
       OR seen.moved <> seen.amount OR seen.foreign_legs > 0 THEN
        RAISE EXCEPTION 'journal entry % does not balance', ENTRY_ID
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def _balanced_at_commit(name: str, entry: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("seen", "record")],
        func=BALANCED.replace("ENTRY_ID", entry),
    )


ENTRY = [
    _balanced_at_commit("entry_balances", "NEW.id"),
    pgtrigger.Trigger(
        name="entry_reverses_exactly",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Condition("NEW.reverses_id IS NOT NULL"),
        func="""
            PERFORM 1
              FROM (SELECT account_id, amount FROM grants_posting WHERE entry_id = NEW.id) made
              FULL JOIN (SELECT account_id, amount FROM grants_posting
                          WHERE entry_id = NEW.reverses_id) first
                ON first.account_id = made.account_id AND first.amount = -made.amount
             WHERE made.account_id IS NULL OR first.account_id IS NULL;
            IF FOUND THEN
                RAISE EXCEPTION 'journal entry % is not the exact negative of %',
                    NEW.id, NEW.reverses_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    ),
]

POSTING = [
    _balanced_at_commit("posting_balances", "NEW.entry_id"),
    # Once for each account and statement: many postings in one go cost one update of the account.
    pgtrigger.Trigger(
        name="posting_moves_balance",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="fresh"),
        func="""
            UPDATE grants_ledgeraccount a SET balance = a.balance + s.moved
              FROM (SELECT account_id, sum(amount) AS moved FROM fresh GROUP BY account_id) s
             WHERE a.id = s.account_id;
            RETURN NULL;
        """,
    ),
]

ACCOUNT = [
    pgtrigger.Trigger(
        name="balance_follows_postings",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF pg_trigger_depth() < 2 OR (OLD.place, OLD.owner, OLD.currency)
               IS DISTINCT FROM (NEW.place, NEW.owner, NEW.currency) THEN
                RAISE EXCEPTION 'a ledger account is changed by postings only'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
    pgtrigger.Trigger(
        name="account_starts_empty",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.balance <> 0"),
        func=("RAISE EXCEPTION 'a ledger account starts empty' USING ERRCODE = 'check_violation';"),
    ),
    refuse("account_stays", pgtrigger.Delete, "a ledger account stays"),
    refuse(
        "account_no_truncate",
        pgtrigger.Truncate,
        "a ledger account stays",
        level=pgtrigger.Statement,
    ),
]
