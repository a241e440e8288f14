"""A new round made from another one."""

from django import forms
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.form_doors import officers_round, trail_to
from grants.admin.forms import VerbForm
from grants.admin.programs import within_years
from grants.admin.site import desk
from grants.programs.services.copying import copy_round

MOMENT = "%Y-%m-%dT%H:%M"


class Moment(forms.DateTimeField):
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)

    def clean(self, value):
        return within_years(super().clean(value))


class CopyForm(VerbForm):
    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=50,
        help_text=gettext_lazy("It stands in addresses and in the books and never changes."),
    )
    opens_at = Moment(label=gettext_lazy("Opens (Beijing time)"))
    closes_at = Moment(label=gettext_lazy("Closes (Beijing time)"))


@desk.page(
    "rounds/<slug:slug>/copy/", name="round-copy", permission="change_round", section="rounds"
)
def round_copy(request, slug):
    round = officers_round(request, slug)
    length = round.closes_at - round.opens_at
    opens = max(round.closes_at, timezone.now()).replace(second=0, microsecond=0)
    initial = {"title_zh": round.title_zh, "title_en": round.title_en}
    initial |= {"opens_at": opens, "closes_at": opens + length}
    form = CopyForm(request.POST or None, initial=initial)
    if form.is_bound and form.carry_out(copy_round, round, by=request.user):
        slug = form.cleaned_data["slug"]
        return HttpResponseRedirect(reverse("admin:round-detail", args=[slug]))
    back = reverse("admin:round-detail", args=[round.slug])
    context = {"round": round, "form": form, "back": back}
    title = _("Copy “%(round)s”") % {"round": round.title}
    return desk.render(
        request, "admin/forms/copy.html", context, title=title, trail=trail_to(round)[:2]
    )
