"""Versions of a form: beginning, publishing and throwing one away; carrying forms as files."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.form_doors import (
    builder,
    done_or_told,
    officers_round,
    round_of,
    to_builder,
    trail_to,
    version_of,
)
from grants.admin.form_outline import FORM
from grants.admin.form_parts import closed
from grants.admin.forms import show_refusal
from grants.admin.site import desk
from grants.applications.models import Application
from grants.core.errors import Refused
from grants.programs.changes import what_changed
from grants.programs.exchange import MOST_BYTES, as_json
from grants.programs.selectors import form_problems, outline_of
from grants.programs.services.copying import begin_version, discard_version, publish_version
from grants.programs.services.exchange import import_form


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Form as a JSON file"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )


@desk.page(FORM + "begin/", name="form-begin", permission="change_round", section="rounds")
def form_begin(request, slug):
    round = officers_round(request, slug)
    said = _("This copy is yours to change. Applicants see it once you publish it.")
    return done_or_told(request, round, said, begin_version, round)


@desk.page(FORM + "publish/", name="form-publish", permission="change_round", section="rounds")
def form_publish(request, slug):
    """Says what changed and whom it touches; a POST publishes."""
    round = officers_round(request, slug)
    if not request.user.has_perm("grants.open_round", round):
        raise PermissionDenied
    form = version_of(round)
    if request.method == "POST":
        said = _("Published: this is the form of the round from now on.")
        return done_or_told(request, round, said, publish_version, form)
    if gone := closed(request, round, form):
        return gone
    outline = outline_of(form)
    drafts = Application.objects.filter(round=round, state__in=["draft", "submitted"])
    context = {
        "round": round,
        "form": form,
        "problems": form_problems(outline),
        "changes": what_changed(outline_of(round.form), outline),
        "drafts": drafts.count(),
        "back": builder(round),
    }
    title = _("Publish this version?")
    return desk.render(
        request, "admin/forms/publish.html", context, title=title, trail=trail_to(round)
    )


@desk.page(FORM + "discard/", name="form-discard", permission="change_round", section="rounds")
def form_discard(request, slug):
    round = officers_round(request, slug)
    form = version_of(round)
    if request.method == "POST":
        said = _("The new version was thrown away.")
        return done_or_told(request, round, said, discard_version, form)
    if gone := closed(request, round, form):
        return gone
    name = _("Version %(number)s") % {"number": form.number}
    context = {"name": name, "back": builder(round)}
    title = _("Throw this version away?")
    return desk.render(
        request, "admin/forms/remove.html", context, title=title, trail=trail_to(round)
    )


@desk.page(FORM + "export/", name="form-export", permission="manage_rounds", section="rounds")
def form_export(request, slug):
    form = version_of(round_of(request, slug))
    written = as_json(outline_of(form))
    name = f"form-{slug}-{form.number}.json"
    return HttpResponse(
        written,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@desk.page(FORM + "import/", name="form-import", permission="change_round", section="rounds")
def form_import(request, slug):
    round = officers_round(request, slug)
    form = version_of(round)
    if gone := closed(request, round, form):
        return gone
    shape = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and shape.is_valid():
        try:
            import_form(form, shape.cleaned_data["file"].read(MOST_BYTES + 1), by=request.user)
        except Refused as refused:
            show_refusal(shape, refused)
        else:
            return to_builder(request, round, _("The form was brought in."))
    context = {
        "round": round,
        "form": shape,
        "count": len(outline_of(form).questions),
        "most": MOST_BYTES // 1024 // 1024,
        "back": builder(round),
    }
    title = _("Bring in a form")
    return desk.render(
        request, "admin/forms/import.html", context, title=title, trail=trail_to(round)
    )
