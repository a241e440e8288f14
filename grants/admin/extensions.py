"""More time for one application of a round: who was given it, until when, and why."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.programs import within_years
from grants.admin.rounds import seen
from grants.admin.site import desk
from grants.applications.models import Application, Extension, kept_from
from grants.applications.services.extending import extend
from grants.programs.models import Round


class ExtensionForm(VerbForm):
    """The draft is named by its reference: the desk does not see drafts before they are sent."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the application"),
        help_text=gettext_lazy("The applicant finds it on every page, such as APP-2026-000001."),
        max_length=20,
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until (Beijing time)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The applicant reads this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, round: Round, user, data=None):
        super().__init__(data)
        self.round, self.user = round, user

    def clean_until(self):
        return within_years(self.cleaned_data["until"])

    def clean(self):
        values = super().clean()
        reference = values.pop("reference", "").strip().upper()
        rows = Application.objects.filter(~kept_from(self.user), round=self.round)
        found = rows.filter(reference=reference).first()
        if reference and found is None:
            self.add_error("reference", _("This round has no application of this reference."))
        return values | {"application": found}


@desk.page(
    "extensions/<slug:slug>/",
    name="extension-list",
    permission="manage_rounds",
    section="rounds",
)
def extension_list(request, slug):
    """The extensions of a round; a POST gives one."""
    round = seen(request, slug)
    may_give = request.user.has_perm("grants.extend_application")
    if request.method == "POST" and not may_give:
        raise PermissionDenied
    form = ExtensionForm(round, request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.carry_out(extend, by=request.user):
        messages.success(request, _("The applicant has more time now, and reads why."))
        return HttpResponseRedirect(request.path)
    hidden = kept_from(request.user, "application__")
    rows = Extension.objects.filter(~hidden, application__round=round)
    context = {
        "round": round,
        "form": form,
        "may_give": may_give,
        "page": page_of(request, rows.select_related("application", "given_by")),
    }
    back = reverse("admin:round-detail", args=[round.slug])
    trail = [(_("Rounds"), reverse("admin:round-list")), (round.title, back)]
    title = _("More time for one applicant")
    return desk.render(request, "admin/desk/extensions.html", context, title=title, trail=trail)
