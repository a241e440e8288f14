"""The only writers of events, and of the `state` of anything."""

from django.db import connection, transaction
from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast

from grants.core.rows import insert_for
from grants.events.models import Event


def lock(thing):
    """The thing's row, read again and locked until the transaction ends."""
    return type(thing)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)


def hold_still(thing) -> None:
    """Keeps the row as it is until the transaction ends; many may hold it at once."""
    table = connection.ops.quote_name(type(thing)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR SHARE", [thing.pk])  # noqa: S608


def _refuse_alone() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")


def record(thing, verb: str, *, by, data=None, from_state: str = "", to_state: str = "") -> Event:
    """Appends what happened to `thing`, in the transaction of the change.

    `by` is the acting user, None for the system itself. `data` goes to the event as JSON.
    """
    _refuse_alone()
    thing_type = thing._meta.model_name
    event = Event(
        kind=f"{thing_type}.{verb}",
        thing_type=thing_type,
        thing_id=str(thing.pk),
        reference=getattr(thing, "reference", "") or "",
        case=getattr(thing, "case", "") or "",
        actor=by,
        from_state=from_state,
        to_state=to_state,
        data=data or {},
    )
    event.save(force_insert=True)
    return event


def record_rows(
    rows: QuerySet, verb: str, *, by, case: str, data=None, from_state: str = "", to_state: str = ""
) -> int:
    """As `record` for each of `rows`, by one statement, in the order of their keys.

    `case` is the path to the reference of the grant; `data` a value or an expression over `rows`.
    """
    _refuse_alone()
    model = rows.model
    thing_type = model._meta.model_name
    has_reference = any(field.name == "reference" for field in model._meta.concrete_fields)
    return insert_for(
        rows,
        Event,
        kind=f"{thing_type}.{verb}",
        thing_type=thing_type,
        thing_id=Cast("pk", CharField()),
        reference=F("reference") if has_reference else "",
        case=F(case),
        actor=by,
        from_state=from_state,
        to_state=to_state,
        data={} if data is None else data,
    )


@transaction.atomic
def advance(thing, verb: str, *, by, data=None, **fields) -> Event:
    """Moves `thing` along its lifecycle and records the event.

    Locks the row, looks `verb` up from the state that is in the database now, writes the new state
    with `fields`, and sets both on `thing`. Raises `Refused` when the verb is not possible.
    """
    model = type(thing)
    current = lock(thing).state
    target = model.lifecycle.target(current, verb)
    fields["state"] = target
    model._base_manager.filter(pk=thing.pk).update(**fields)
    for name, value in fields.items():
        setattr(thing, name, value)
    return record(thing, verb, by=by, data=data, from_state=current, to_state=target)


@transaction.atomic
def advance_rows(rows: QuerySet, verb: str, *, by, case: str, data=None, **fields) -> int:
    """As `advance` for each of `rows`: all move or none, with one event each; returns how many.

    Rows are locked in the order of their keys. `case` and `data` are as for `record_rows`. Objects
    that were read before keep what they hold.
    """
    model = rows.model
    found = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    current: dict[str, list] = {}
    for key, state in found.values_list("pk", "state"):
        current.setdefault(state, []).append(key)
    targets = {state: model.lifecycle.target(state, verb) for state in current}
    for state, keys in current.items():
        moved = model._base_manager.filter(pk__in=keys)
        moved.update(state=targets[state], **fields)
        way = {"from_state": state, "to_state": targets[state]}
        record_rows(moved, verb, by=by, case=case, data=data, **way)
    return sum(len(keys) for keys in current.values())
