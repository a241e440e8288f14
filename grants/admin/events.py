"""What happened, and whether the chain over it is whole."""

import json

from django import forms
from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.accounts.models import DESK_READERS
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin, plain
from grants.events.days import holds, read_mark
from grants.events.models import DailySeal, Event, EventSeal
from grants.events.seals import check_chain
from grants.payouts.selectors import events_kept_from

LAST_DAYS = 31


class EventFilter(forms.Form):
    case = forms.CharField(
        label=gettext_lazy("Reference"),
        required=False,
        help_text=gettext_lazy("Of an application, an award, a payout or a batch."),
    )

    def narrow(self, rows):
        words = self.cleaned_data["case"].strip().upper() if self.is_valid() else ""
        if not words:
            return rows
        return rows.filter(case=words) if words.startswith("APP-") else rows.filter(reference=words)


def seen_by(user):
    """All events but those of cases that something keeps the person from."""
    return Event.objects.select_related("actor").exclude(events_kept_from(user))


@desk.page(
    "events/", name="event-list", roles=DESK_READERS, section="events", menu=gettext_lazy("Events")
)
def event_list(request):
    form = EventFilter(request.GET)
    page = page_of(request, form.narrow(seen_by(request.user)))
    may_check = request.user.has_perm("grants.read_everything")
    context = {"page": page, "rows": [(e, in_json(e, may_check)) for e in page], "form": form}
    return desk.render(
        request,
        "admin/desk/events.html",
        context | {"may_check": may_check},
        title=_("Events"),
    )


def in_json(event: Event, is_shown: bool) -> str:
    """The data of an event for an auditor's eye."""
    if not is_shown or not event.data:
        return ""
    return json.dumps(event.data, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)


class MarkForm(forms.Form):
    """A seal as it stands in an auditor's mail; nothing checks the chain alone."""

    mark = forms.CharField(
        label=gettext_lazy("Seal from a mail"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("The line with a number, a colon and 64 letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_mark(self) -> tuple[int, str] | None:
        if not self.cleaned_data["mark"].strip():
            return None
        try:
            return read_mark(self.cleaned_data["mark"])
        except ValueError:
            raise forms.ValidationError(
                _("Paste the whole line: a number, a colon and 64 letters and digits.")
            ) from None


@desk.page("events/check/", name="event-check", permission="read_everything", section="events")
def event_check(request):
    """The seals; a POST recomputes the chain from its first link and says what it found."""
    form = MarkForm(request.POST if request.method == "POST" else None)
    context = {
        "form": form,
        "last": EventSeal.objects.order_by("-sequence").first(),
        "days": DailySeal.objects.order_by("-day")[:LAST_DAYS],
    }
    if request.method == "POST" and form.is_valid():
        mark = form.cleaned_data["mark"]
        context |= {"report": check_chain(), "mark": mark, "is_held": mark and holds(*mark)}
    trail = [(_("Events"), reverse("admin:event-list"))]
    return desk.render(
        request, "admin/desk/chain.html", context, title=_("The chain of events"), trail=trail
    )


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    section = "events"
    view_permission = "view_scores"
    list_display = ["at", "what", "reference", "case", "actor"]
    list_select_related = ["actor"]
    search_fields = ["=case", "=reference"]
    ordering = ["-id"]
    fields = ["at", "what", "reference", "case", "who"]
    who = plain("actor", gettext_lazy("by whom"))

    @admin.display(description=gettext_lazy("what happened"))
    def what(self, event: Event) -> str:
        return event.label

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(events_kept_from(request.user))
