"""Verbs of a thing as buttons and forms on its page, behind one door for all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from grants.admin.forms import VerbForm
from grants.events.models import Event

LONGEST = 100


class NoWords(VerbForm):
    """A verb that is one button."""


class WithReason(VerbForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


def by_lifecycle(verb: str) -> Callable:
    return lambda thing: thing.lifecycle.allows(thing.state, verb)


@dataclass(frozen=True)
class Verb:
    """What a person may do with a thing. `service` takes the thing, the form's values and `by=`.

    The door asks for `permission` of nothing in particular, so that the service can say in words
    why this thing is refused; the button is offered only where it holds for the thing itself.
    """

    name: str
    label: str
    done: str
    permission: str
    service: Callable
    form: type[VerbForm] = NoWords
    tone: str = "plain"
    is_possible: Callable | None = None

    def is_offered(self, thing, user) -> bool:
        possible = self.is_possible or by_lifecycle(self.name)
        return possible(thing) and user.has_perm(f"grants.{self.permission}", thing)

    def bind(self, data, initial=None) -> VerbForm:
        return self.form(data, initial=initial, auto_id=f"id_{self.name}_%s")


@dataclass(frozen=True)
class Offer:
    """A verb on a page, with its form: empty, or as it was sent and refused."""

    verb: Verb
    form: VerbForm
    url: str

    @property
    def is_button(self) -> bool:
        return not self.form.visible_fields()


def offers(
    thing,
    user,
    verbs: Sequence[Verb],
    url: Callable[[str], str],
    refused: VerbForm | None = None,
    initial: dict | None = None,
) -> list[Offer]:
    """The verbs that the person may use now, and the one whose form was just refused.

    The form of a mere button is made anew after a refusal, so that it speaks of what is shown.
    """
    found = []
    for verb in verbs:
        was_refused = _is_of(refused, verb) and bool(refused.visible_fields())
        if was_refused or verb.is_offered(thing, user):
            form = refused if was_refused else verb.bind(None, initial)
            found.append(Offer(verb, form, url(verb.name)))
    return found


def _is_of(form: VerbForm | None, verb: Verb) -> bool:
    return form is not None and form.auto_id == f"id_{verb.name}_%s"


def carry_out(
    request, thing, verbs: Sequence[Verb], name: str, *, back: str
) -> HttpResponseRedirect | VerbForm:
    """Does what was posted and goes `back`; or returns the form that says why not."""
    verb = next((verb for verb in verbs if verb.name == name), None)
    if verb is None:
        raise Http404
    if not request.user.has_perm(f"grants.{verb.permission}"):
        raise PermissionDenied
    form = verb.bind(request.POST)
    if form.carry_out(verb.service, thing, by=request.user):
        messages.success(request, verb.done)
        return HttpResponseRedirect(back)
    return form


def timeline(thing) -> list[dict]:
    """What happened to one thing, newest first, for `{% timeline %}`. One query."""
    events = Event.objects.of_thing(thing).select_related("actor").order_by("-pk")[:LONGEST]
    return [
        {
            "label": event.label,
            "actor": event.actor or _("The portal"),
            "at": event.at,
            "text": event.data.get("reason") or event.data.get("message") or "",
        }
        for event in events
    ]
