"""Signals from outside at the desk: officers bring them as a file; the desk reads them."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.core.policy import require
from grants.screening.models import Signal
from grants.screening.services.signals import COLUMNS, Taken, import_file


class SignalFile(VerbForm):
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Who says so, such as “AMOS store”."),
        max_length=80,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV with the columns reference, name, value, date; the reference is that of an"
            " application or a credit code."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        allow_empty_file=True,
    )


class SignalFilter(forms.Form):
    search = forms.CharField(label=gettext_lazy("Reference or applicant"), required=False)
    name = forms.CharField(
        label=pgettext_lazy("of a signal from outside", "Name of the signal"), required=False
    )

    def narrow(self, rows):
        values = self.cleaned_data if self.is_valid() else {}
        words, name = values.get("search", "").strip(), values.get("name", "").strip()
        if name:
            rows = rows.filter(name=name)
        if words:
            rows = rows.filter(
                Q(application__reference__iexact=words)
                | Q(organisation__credit_code__iexact=words)
                | Q(organisation__name__icontains=words)
                | Q(application__organisation__name__icontains=words)
            )
        return rows


@desk.page(
    "signals/",
    name="signal-list",
    permission="view_signals",
    section="applications",
    menu=gettext_lazy("Signals"),
    order=30,
)
def signal_list(request):
    form = SignalFile(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(request.user, "import_signals")
        taken: list[Taken] = []
        if form.carry_out(
            lambda file, **more: taken.append(import_file(file, **more)), by=request.user
        ):
            messages.success(request, _told(taken[0]))
            return HttpResponseRedirect(reverse("admin:signal-list"))
    filter_form = SignalFilter(request.GET)
    rows = filter_form.narrow(Signal.objects.visible_to(request.user))
    rows = rows.select_related("batch", "organisation", "application__organisation")
    context = {
        "form": form,
        "filter": filter_form,
        "page": page_of(request, rows),
        "may_import": request.user.has_perm("grants.import_signals"),
        "columns": ",".join(COLUMNS),
    }
    return desk.render(request, "admin/desk/signals.html", context, title=_("Signals"))


def _told(taken: Taken) -> str:
    if taken.was_known:
        return _("This file of this source was taken in before. Nothing was added.")
    return _("%(count)s signals were taken in.") % {"count": taken.batch.count}
