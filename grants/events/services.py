"""The only writers of events, and of the `state` of anything."""

from django.db import connection, transaction

from grants.events.models import Event


def lock(thing):
    """The thing's row, read again and locked until the transaction ends."""
    return type(thing)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)


def record(thing, verb: str, *, by, data=None, from_state: str = "", to_state: str = "") -> Event:
    """Appends what happened to `thing`, in the transaction of the change.

    `by` is the acting user, None for the system itself. `data` goes to the event as JSON.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")
    thing_type = thing._meta.model_name
    return Event.objects.create(
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
