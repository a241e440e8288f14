"""The only writers of events, and of the `state` of anything."""

from collections.abc import Sequence

from django.db import connection, transaction

from grants.events.models import Event


def lock(thing):
    """The thing's row, read again and locked until the transaction ends."""
    return type(thing)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)


def hold_still(thing) -> None:
    """Keeps the row as it is until the transaction ends; many may hold it at once."""
    table = connection.ops.quote_name(type(thing)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR SHARE", [thing.pk])  # noqa: S608


def _event(thing, verb: str, *, by, data=None, from_state: str = "", to_state: str = "") -> Event:
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")
    thing_type = thing._meta.model_name
    return Event(
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


def record(thing, verb: str, *, by, data=None, from_state: str = "", to_state: str = "") -> Event:
    """Appends what happened to `thing`, in the transaction of the change.

    `by` is the acting user, None for the system itself. `data` goes to the event as JSON.
    """
    event = _event(thing, verb, by=by, data=data, from_state=from_state, to_state=to_state)
    event.save(force_insert=True)
    return event


def record_all(things: Sequence, verb: str, *, by, data_of=None, to_state: str = "") -> list[Event]:
    """As `record` for many things at once; `data_of` gives each thing's own data."""
    return Event.objects.bulk_create(
        [
            _event(thing, verb, by=by, data=data_of(thing) if data_of else None, to_state=to_state)
            for thing in things
        ]
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
def advance_all(things: Sequence, verb: str, *, by, data_of=None, **fields) -> list[Event]:
    """As `advance` for many things of one model: all move or none, with one event each.

    Rows are locked in the order of their keys.
    """
    if not things:
        return []
    model = type(things[0])
    rows = model._base_manager.select_for_update(of=("self",), no_key=True)
    current = dict(
        rows.filter(pk__in=[thing.pk for thing in things]).order_by("pk").values_list("pk", "state")
    )
    targets = {state: model.lifecycle.target(state, verb) for state in set(current.values())}
    for state, target in targets.items():
        keys = [pk for pk, found in current.items() if found == state]
        model._base_manager.filter(pk__in=keys).update(state=target, **fields)
    events = []
    for thing in things:
        source = current[thing.pk]
        for name, value in {**fields, "state": targets[source]}.items():
            setattr(thing, name, value)
        data = data_of(thing) if data_of else None
        moved = {"from_state": source, "to_state": targets[source]}
        events.append(_event(thing, verb, by=by, data=data, **moved))
    return Event.objects.bulk_create(events)
