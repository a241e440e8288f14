"""The database's own guards, declared beside the models that they guard."""

import pgtrigger


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
