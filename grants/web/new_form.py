"""Going on with a newer version of the form."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.applications.selectors import newer_form
from grants.applications.services.versions import carried, let_go, take_newer_form
from grants.core.bilingual import pick
from grants.programs.changes import what_changed
from grants.programs.selectors import outline_of
from grants.web.cases import frame
from grants.web.saving import editable_case


@login_required
def application_new_form(request: HttpRequest, reference: str) -> HttpResponse:
    """What changed, and what no longer fits; a POST goes on."""
    application = editable_case(request, reference)
    if request.method == "POST":
        take_newer_form(application, by=request.user)
        messages.success(request, _("You are on the new form. Look through your answers."))
        return redirect("application-detail", application.reference)
    form = newer_form(application)
    if form is None:
        return redirect("application-detail", application.reference)
    before, after = outline_of(application.form), outline_of(form)
    old = {question.key: question for question in before.questions}
    new = {question.key: question for question in after.questions}
    _kept, aside = carried(old, new, application.answers)
    context = frame(
        request,
        application,
        changes=what_changed(before, after),
        aside=[(_part(row, "label"), _part(row, "text")) for row in aside.values()],
    )
    return render(request, "applicant/new_form.html", context)


def _part(row: dict[str, str], name: str) -> str:
    return pick({"zh": row[f"{name}_zh"], "en": row[f"{name}_en"]})


@require_POST
@login_required
def application_let_go(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    application = editable_case(request, reference)
    let_go(application, key, by=request.user)
    return redirect("application-detail", application.reference)
