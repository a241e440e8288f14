"""Many rows by one statement: what is written for each row of a query."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet, Value


def insert_for(rows: QuerySet, model, **columns) -> int:
    """Writes one row of `model` for each of `rows`, in the order of their keys; returns how many.

    A column is an expression over `rows`, or a value; columns that are not named get the model's
    default. `save` and the signals of the model are passed by, the database's triggers are not.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    chosen = {f"into_{field.column}": _expression(field, columns) for field in fields}
    if columns:
        raise TypeError(f"{model.__name__} has no columns {', '.join(columns)}")
    selected = rows.order_by("pk").annotate(**chosen).values_list(*chosen)
    try:
        select, values = selected.query.sql_with_params()
    except EmptyResultSet:  # a query that cannot find anything, as `none()`
        return 0
    quote = connection.ops.quote_name
    listed = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        # No name and no value of a caller is in this text.
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({listed}) {select}",
            values,
        )
        return cursor.rowcount


def _expression(field, columns: dict):
    """What goes into the field, taken out of `columns`."""
    given = columns.pop(field.name) if field.name in columns else field.get_default()
    if isinstance(given, F) or hasattr(given, "resolve_expression"):
        return given
    target = field.target_field if field.is_relation else field
    return Value(getattr(given, "pk", given), output_field=target)
