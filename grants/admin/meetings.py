"""Meetings: the agenda, the chair's page, and the screen that everybody follows."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import DESK_READERS
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.programs import within_years
from grants.admin.rounds import seen
from grants.admin.site import desk
from grants.applications.models import Application, kept_from
from grants.awards.models import Meeting
from grants.awards.selectors import items_for, kept_out, screen_for
from grants.awards.services import meetings
from grants.reports.standings import standing_of


class MeetingForm(VerbForm):
    """A new meeting; `applications` are the ticked ones of the board, by their references."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    at = forms.DateTimeField(
        label=gettext_lazy("Begins (Beijing time)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self):
        return within_years(self.cleaned_data["at"])


class ItemForm(VerbForm):
    reference = forms.CharField(
        label=gettext_lazy("References of applications"),
        help_text=gettext_lazy("One or several, separated by spaces or commas."),
        max_length=2000,
    )

    def __init__(self, meeting: Meeting, user, data=None):
        super().__init__(data)
        self.meeting, self.user = meeting, user

    def clean(self):
        values = super().clean()
        wanted = values.pop("reference", "").upper().replace(",", " ").replace("，", " ").split()
        found = _applications(self.meeting.round, self.user, wanted)
        missing = set(wanted) - {application.reference for application in found}
        if missing:
            told = _("This round has no application %(reference)s.")
            self.add_error("reference", told % {"reference": min(missing)})
        return values | {"applications": found}


class NoteForm(VerbForm):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _applications(round, user, references) -> list[Application]:
    """Those that the person may see, in the order of the references."""
    rows = Application.objects.visible_to(user).exclude(kept_from(user))
    found = rows.filter(round=round, reference__in=references[: meetings.MOST_ITEMS])
    by_reference = {application.reference: application for application in found}
    return [by_reference[name] for name in references if name in by_reference]


def _seen(request, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("round__program__fund")
    return get_object_or_404(rows, pk=pk)


@desk.page(
    "rounds/<slug:slug>/meetings/",
    name="meeting-list",
    permission="view_board",
    section="rounds",
)
def meeting_list(request, slug):
    """The meetings of a round; a POST plans one, with the applications that were ticked."""
    round = seen(request, slug)
    may_lead = request.user.has_perm("grants.lead_meeting")
    is_post = request.method == "POST"
    if is_post and not may_lead:
        raise PermissionDenied
    ticked = (request.POST if is_post else request.GET).getlist("case")
    form = MeetingForm(request.POST if "title" in request.POST else None)
    chosen = _applications(round, request.user, ticked) if ticked else []
    if form.is_bound and form.is_valid():
        meeting = meetings.plan_meeting(
            round, by=request.user, applications=chosen, **form.cleaned_data
        )
        messages.success(request, _("The meeting is planned."))
        return HttpResponseRedirect(reverse("admin:meeting-detail", args=[meeting.pk]))
    context = {
        "round": round,
        "form": form,
        "chosen": chosen,
        "may_lead": may_lead,
        "page": page_of(request, Meeting.objects.visible_to(request.user).filter(round=round)),
    }
    return desk.render(
        request, "admin/desk/meetings.html", context, title=_("Meetings"), trail=_trail(round)
    )


def _trail(round) -> list[tuple[str, str]]:
    detail = reverse("admin:round-detail", args=[round.slug])
    return [(_("Rounds"), reverse("admin:round-list")), (round.title, detail)]


@desk.page("meetings/<int:pk>/", name="meeting-detail", permission="view_board", section="rounds")
def meeting_detail(request, pk):
    return _chair(request, _seen(request, pk))


def _chair(request, meeting: Meeting, item_form=None, note_form=None):
    user = request.user
    screen = screen_for(meeting, user)
    item = screen.item
    context = {
        "meeting": meeting,
        "screen": screen,
        "item": item,
        "items": list(
            items_for(meeting, user).select_related("application__organisation", "meeting")
        ),
        "out": list(kept_out(item.application)) if item else [],
        "standing": standing_of(item.application) if item else None,
        "may_lead": user.has_perm("grants.lead_meeting", meeting),
        "item_form": item_form or ItemForm(meeting, user),
        "note_form": note_form or NoteForm(initial={"note": item.note if item else ""}),
    }
    back = reverse("admin:meeting-list", args=[meeting.round.slug])
    trail = [*_trail(meeting.round), (_("Meetings"), back)]
    return desk.render(
        request, "admin/desk/meeting.html", context, title=meeting.title, trail=trail
    )


@desk.page("meetings/<int:pk>/screen/", name="meeting-screen")
def meeting_screen(request, pk):
    """What everybody sees now; asked again every few seconds, it answers with its part alone."""
    meeting = _seen(request, pk)
    screen = screen_for(meeting, request.user)
    item = screen.item
    shows = bool(item and screen.shows_scores)
    context = {
        "meeting": meeting,
        "screen": screen,
        "item": item,
        "standing": standing_of(item.application) if shows else None,
        "knows_applicant": bool(
            item and request.user.has_perm("grants.know_applicant", item.application)
        ),
        "is_desk": request.user.has_role(*DESK_READERS),
    }
    if request.htmx:
        return render(request, "admin/desk/_screen.html", context)
    return desk.render(request, "admin/desk/screen.html", context, title=meeting.title)


@desk.page(
    "meetings/<int:pk>/<slug:verb>/",
    name="meeting-verb",
    permission="lead_meeting",
    section="rounds",
)
@require_POST
def meeting_verb(request, pk, verb):
    meeting = _seen(request, pk)
    user = request.user
    if verb == "add":
        form = ItemForm(meeting, user, request.POST)
        if not form.carry_out(
            lambda applications: meetings.add_items(meeting, applications, by=user)
        ):
            return _chair(request, meeting, item_form=form)
    elif verb in ("note", "remove"):
        item = get_object_or_404(
            items_for(meeting, user).select_related("application", "meeting"),
            pk=_key(request.POST.get("item")),
        )
        if verb == "remove":
            meetings.remove_item(item, by=user)
        else:
            form = NoteForm(request.POST)
            if not form.carry_out(meetings.note_item, item, by=user):
                return _chair(request, meeting, note_form=form)
            messages.success(request, _("The note is kept."))
    else:
        _lead(meeting, verb, user)
    return HttpResponseRedirect(reverse("admin:meeting-detail", args=[meeting.pk]))


def _key(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _lead(meeting: Meeting, verb: str, user) -> None:
    match verb:
        case "start":
            meetings.start_meeting(meeting, by=user)
        case "next":
            meetings.show_item(meeting, by=user, step=1)
        case "back":
            meetings.show_item(meeting, by=user, step=-1)
        case "end":
            meetings.end_meeting(meeting, by=user)
        case _:
            raise Http404
