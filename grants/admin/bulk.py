"""Many applications at once: what would happen is shown before anything does."""

from django import forms
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.asking import QuestionsField, askable
from grants.admin.case_filter import CaseFilter
from grants.admin.forms import VerbForm, show_refusal
from grants.admin.site import desk
from grants.applications.models import Application
from grants.core.errors import Refused
from grants.reports.case_list import sent_to
from grants.screening.selectors import UNDECIDED
from grants.screening.services.deciding import AT_MOST, Done, decide_all

WORDS = {
    "pass": gettext_lazy("Pass to review"),
    "fail": gettext_lazy("Not eligible"),
    "return": gettext_lazy("Ask for more information"),
}
# What stands for the words that are still to be written.
UNWRITTEN = "…"


class Pass(VerbForm):
    pass


class Fail(VerbForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it is not eligible"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Ask(VerbForm):
    reason = forms.CharField(
        label=gettext_lazy("What you need to know"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    questions = QuestionsField()


FORMS = {"pass": Pass, "fail": Fail, "return": Ask}


@desk.page(
    "case-list/bulk/",
    name="application-bulk",
    permission="screen_application",
    section="applications",
)
@require_POST
def application_bulk(request):
    """First shows what would happen to each; with `confirmed` does it and tells what was done."""
    verb = request.POST.get("verb", "")
    if verb not in FORMS:
        raise Http404
    rows = _ticked(request)
    is_confirmed = "confirmed" in request.POST
    form = FORMS[verb](request.POST if is_confirmed else None)
    if "questions" in form.fields:
        form.fields["questions"].choices = askable(rows)
    done, is_done = _carry_out(rows, verb, form, by=request.user)
    context = {
        "form": form,
        "verb": verb,
        "verb_words": WORDS[verb],
        "is_done": is_done,
        "going": [row for row in done if not row.refused],
        "refused": [row for row in done if row.refused],
        "rows": rows,
    }
    trail = [(_("Applications"), reverse("admin:application-list"))]
    title = _("What was done") if is_done else _("What will happen")
    return desk.render(request, "admin/desk/bulk.html", context, title=title, trail=trail)


def _carry_out(rows, verb: str, form: VerbForm, *, by) -> tuple[list[Done], bool]:
    """What became of each, and whether it was done; else what would become of it."""
    if form.is_bound and form.is_valid():
        try:
            return decide_all(rows, verb, by=by, **form.cleaned_data), True
        except Refused as refused:
            show_refusal(form, refused)
    return decide_all(rows, verb, by=by, is_trial=True, reason=UNWRITTEN), False


def _ticked(request) -> list[Application]:
    """What was ticked, as far as the person sees it; or all of the filter that wait."""
    user = request.user
    rows = sent_to(user).select_related("round", "organisation").order_by("pk")
    if "everything" in request.POST:
        form = CaseFilter(QueryDict(request.POST.get("query", "")[:2000]), user)
        waiting = rows.filter(state__in=UNDECIDED)
        return list(form.narrow(waiting)[:AT_MOST])
    named = [text for text in request.POST.getlist("case")[: AT_MOST + 1] if text.isprintable()]
    return list(rows.filter(reference__in=named))
