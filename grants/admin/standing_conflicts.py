"""Standing conflicts: the organisations of whose applications somebody sees nothing."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.conflicts import SAID
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.admin.verbs import WithReason
from grants.applications.models import StandingConflict
from grants.conflicts.services import judging


class StandingForm(VerbForm):
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Its whole name, or its unified social credit code."),
        max_length=140,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SAID, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@desk.page(
    "standing-conflicts/",
    name="standing-list",
    section="reviews",
    menu=gettext_lazy("Where I must not review"),
    order=60,
)
def standing_list(request):
    """The own ones with the form for another; a POST declares it."""
    user = request.user
    form = StandingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.carry_out(judging.declare_standing, user, by=user):
        messages.success(request, _("You see nothing of its applications from now on."))
        return HttpResponseRedirect(request.path)
    rows = StandingConflict.objects.visible_to(user).select_related(
        "person", "organisation", "ended_by"
    )
    context = {
        "form": form,
        "own": list(rows.filter(person=user).order_by("-pk")),
        "page": page_of(request, rows.exclude(person=user)),
        "may_end": user.has_perm("grants.end_standing_conflict"),
    }
    return desk.render(
        request,
        "admin/desk/standing_conflicts.html",
        context,
        title=_("Where I must not review"),
    )


@desk.page(
    "standing-conflicts/<int:pk>/end/",
    name="standing-end",
    permission="end_standing_conflict",
    section="reviews",
)
def standing_end(request, pk):
    row = get_object_or_404(StandingConflict.objects.visible_to(request.user), pk=pk)
    form = WithReason(request.POST if request.method == "POST" else None)
    back = reverse("admin:standing-list")
    if form.is_bound and form.carry_out(judging.end_standing, row, by=request.user):
        messages.success(request, _("It has ended."))
        return HttpResponseRedirect(back)
    trail = [(_("Where I must not review"), back)]
    context = {"form": form, "row": row}
    return desk.render(
        request,
        "admin/desk/standing_end.html",
        context,
        title=_("End a standing conflict"),
        trail=trail,
    )
