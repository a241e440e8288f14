"""What happened, and whether the chain over it is whole."""

import json

from django import forms
from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import DESK_READERS
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin, plain
from grants.applications.models import Application
from grants.events.models import Event
from grants.events.seals import check_chain


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
    """All events but those of cases of organisations that the person belongs to."""
    own = Application.objects.of_applicant(user).values("reference")
    return Event.objects.select_related("actor").exclude(case__in=own)


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


@desk.page("events/check/", name="event-check", permission="read_everything", section="events")
@require_POST
def event_check(request):
    """Recomputes the chain from its first link, and says what it found."""
    trail = [(_("Events"), reverse("admin:event-list"))]
    context = {"report": check_chain()}
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
        own = Application.objects.of_applicant(request.user).values("reference")
        return super().get_queryset(request).exclude(case__in=own)
