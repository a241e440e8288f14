"""The database's own guards, declared beside the models that they guard."""

import pgtrigger
from django.db import connection


def refuse(name: str, operation, message: str, *, level=pgtrigger.Row, condition=None):
    """A trigger that raises `check_violation` (Django: IntegrityError) with `message`."""
    return pgtrigger.Trigger(
        name=name,
        level=level,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';",
    )


def append_only(table: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""
    message = f"{table} is append-only"
    return [
        refuse(f"{table}_stays", pgtrigger.Update | pgtrigger.Delete, message),
        refuse(f"{table}_no_truncate", pgtrigger.Truncate, message, level=pgtrigger.Statement),
    ]


def kept(table: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse DELETE and TRUNCATE: rows change, and never go."""
    message = f"a row of {table} stays"
    return [
        refuse(f"{table}_kept", pgtrigger.Delete, message),
        refuse(f"{table}_no_truncate", pgtrigger.Truncate, message, level=pgtrigger.Statement),
    ]


def fixed(table: str, *columns: str) -> pgtrigger.Trigger:
    """A trigger that refuses to change these columns once a row is written."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return refuse(
        f"{table}_fixed",
        pgtrigger.Update,
        f"these columns of {table} stay as they were written",
        condition=pgtrigger.Condition(f"ROW({old}) IS DISTINCT FROM ROW({new})"),
    )


def only_moves(table: str, lifecycle) -> pgtrigger.Trigger:
    """A trigger that refuses a change of `state` that no verb of the lifecycle makes."""
    moves = sorted({(source, target) for source, _verb, target in lifecycle.table()})
    listed = ", ".join(f"('{source}', '{target}')" for source, target in moves)
    return refuse(
        f"{table}_moves",
        pgtrigger.Update,
        f"no verb moves a row of {table} so",
        condition=pgtrigger.Condition(
            f"OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({listed})"
        ),
    )


def never_ignored(**_signal) -> None:
    """Takes away pgtrigger's switch `pgtrigger.ignore`, which any session could set for itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)"
            " RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'"
        )
