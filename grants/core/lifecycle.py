"""State machines as tables of (from, verb, to)."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.core.errors import Refused


class Lifecycle:
    """The moves of one kind of thing.

    `moves` is a table of (from states, verb, to state). `target` looks a verb up; the only writer
    of a `state` column is `events.services.advance`, which asks here first.
    """

    def __init__(
        self,
        states: type[models.TextChoices],
        moves: Iterable[tuple[str | tuple[str, ...], str, str]],
    ):
        self.states = states
        self._moves: dict[tuple[str, str], str] = {}
        for sources, verb, target in moves:
            for source in (sources,) if isinstance(sources, str) else sources:
                self._moves[states(source).value, verb] = states(target).value

    @property
    def all_verbs(self) -> set[str]:
        return {verb for _source, verb in self._moves}

    def table(self) -> list[tuple[str, str, str]]:
        return [(source, verb, target) for (source, verb), target in self._moves.items()]

    def verbs(self, state: str) -> list[str]:
        """The verbs that lead out of `state`, in the order of the table."""
        return [verb for source, verb in self._moves if source == state]

    def allows(self, state: str, verb: str) -> bool:
        return (state, verb) in self._moves

    def target(self, state: str, verb: str) -> str:
        """The state that `verb` leads to. Raises `Refused` when it does not lead out of `state`."""
        try:
            return self._moves[state, verb]
        except KeyError:
            raise Refused(
                gettext("This is no longer possible: it is now “%(state)s”. Reload the page.")
                % {"state": self.states(state).label}
            ) from None


class StateField(models.CharField):
    """The `state` column of a thing with a `lifecycle`; starts in the first state of `states`."""

    def __init__(self, states=None, **kwargs):
        if states is not None:
            kwargs.setdefault("choices", states.choices)
            kwargs.setdefault("default", states.values[0])
            kwargs.setdefault("verbose_name", _("state"))
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("verbose_name", None)  # words for people are nothing that a migration writes
        return name, "django.db.models.CharField", args, kwargs


def known_states(states: type[models.TextChoices], table: str) -> models.CheckConstraint:
    """The CHECK constraint that lists the states."""
    return models.CheckConstraint(
        condition=models.Q(state__in=states.values), name=f"{table}_state_known"
    )
