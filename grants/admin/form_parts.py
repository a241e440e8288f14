"""The page of one section of a form."""

from django.contrib import messages
from django.utils.translation import gettext as _

from grants.admin.form_doors import (
    builder,
    can_build,
    done_or_told,
    officers_round,
    section_of,
    to_builder,
    trail_to,
    version_of,
)
from grants.admin.form_fields import SectionForm
from grants.admin.form_outline import FORM
from grants.admin.form_rows import (
    CONDITION,
    condition_rows,
    read_conditions,
    show_when_of,
    stored_conditions,
    turn,
)
from grants.admin.site import desk
from grants.core.errors import Refused
from grants.programs.models import Question, Section
from grants.programs.questions import mark_of
from grants.programs.selectors import outline_of
from grants.programs.services.forms import add_section, change_section, remove_section


def conditions_on(request, show_when: dict, earlier: list[Question], problem: str = "") -> dict:
    """The table of conditions as it was sent, or as it is kept."""
    if request.method == "POST":
        together = request.POST.get("together", "all")
        asked = request.POST.get("row", "")
        rows = turn(read_conditions(request.POST), "conditions", asked, CONDITION)
    else:
        together, rows = stored_conditions(show_when)
    return {
        "rows": condition_rows(rows, earlier),
        "together": together,
        "problem": problem,
        "possible": bool(earlier),
    }


def closed(request, round, form):
    """To the builder, in words, where the version can no longer be changed."""
    if can_build(form, request.user):
        return None
    messages.error(request, _("This version of the form is published: it stays as it is."))
    return to_builder(request, round)


@desk.page(FORM + "sections/add/", name="section-add", permission="change_round", section="rounds")
def section_add(request, slug):
    round = officers_round(request, slug)
    form = version_of(round)
    if gone := closed(request, round, form):
        return gone
    shape = SectionForm(request.POST or None)
    if shape.is_bound and shape.is_valid():
        try:
            section = add_section(form, by=request.user, **shape.cleaned_data)
        except Refused as refused:
            shape.show(refused.problems or {"": refused.message})
        else:
            said = _("The section was added. Now add its questions.")
            return to_builder(request, round, said, f"section-{section.pk}")
    context = {"round": round, "form": shape, "section": None, "back": builder(round)}
    return desk.render(
        request, "admin/forms/section.html", context, title=_("New section"), trail=trail_to(round)
    )


@desk.page(
    FORM + "sections/<int:pk>/", name="section-edit", permission="change_round", section="rounds"
)
def section_edit(request, slug, pk):
    round = officers_round(request, slug)
    section = section_of(round, pk)
    if gone := closed(request, round, section.form):
        return gone
    shape = SectionForm(request.POST or None, instance=section)
    problem = ""
    if shape.is_bound and "row" not in request.POST and shape.is_valid():
        try:
            change_section(
                section,
                by=request.user,
                seen=request.POST.get("seen", ""),
                show_when=show_when_of(request.POST),
                **shape.cleaned_data,
            )
        except Refused as refused:
            problem = refused.problems.pop("show_when", "")
            shape.show(refused.problems if problem else refused.problems or {"": str(refused)})
        else:
            return to_builder(request, round, _("Saved."), f"section-{pk}")
    elif "row" in request.POST:
        shape.errors.clear()
    fresh = Section.objects.get(pk=pk)
    earlier = [q for q in outline_of(section.form).questions if q.section.position < fresh.position]
    context = {
        "round": round,
        "form": shape,
        "section": section,
        "seen": request.POST.get("seen") if "row" in request.POST else mark_of(fresh),
        "conditions": conditions_on(request, section.show_when, earlier, problem),
        "now": fresh if shape.errors and request.POST.get("seen") != mark_of(fresh) else None,
        "back": builder(round, f"section-{pk}"),
    }
    return desk.render(
        request, "admin/forms/section.html", context, title=fresh.title, trail=trail_to(round)
    )


@desk.page(
    FORM + "sections/<int:pk>/remove/",
    name="section-remove",
    permission="change_round",
    section="rounds",
)
def section_remove(request, slug, pk):
    round = officers_round(request, slug)
    section = section_of(round, pk)
    said = _("“%(name)s” was removed.") % {"name": section.title}
    if request.method == "POST":
        return done_or_told(request, round, said, remove_section, section, anchor=f"section-{pk}")
    context = {
        "name": section.title,
        "count": section.questions.count(),
        "back": builder(round, f"section-{pk}"),
    }
    title = _("Remove this section?")
    return desk.render(
        request, "admin/forms/remove.html", context, title=title, trail=trail_to(round)
    )
