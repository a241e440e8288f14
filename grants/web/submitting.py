"""Checking an application, having it signed, sending it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.applications.models import Application
from grants.applications.services.signing import (
    ask_sign_off,
    last_refusal,
    open_sign_off,
)
from grants.applications.services.submitting import (
    content_of,
    declaration_of,
    in_the_way,
    signature_under,
    submit,
)
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.web.cases import application_of, frame, member_case, require
from grants.web.display import ShownSection, answers_now
from grants.web.forms.refusals import posted, show_refusal
from grants.web.forms.sending import DeclarationForm


@login_required
def application_check(request: HttpRequest, reference: str) -> HttpResponse:
    """All answers with what is missing; the POST submits. Viewers read."""
    application = member_case(request, reference)
    form = DeclarationForm(posted(request))
    if request.method == "POST":
        require(request, "submit_application", application)
        if form.is_valid():
            try:
                submit(application, by=request.user, declares=form.cleaned_data["declares"])
            except Refused as refusal:
                _tell(request, form, refusal)
                if not refusal.problems:
                    return redirect("application-detail", application.reference)
            else:
                return redirect("application-receipt", application.reference)
    problems = in_the_way(application)
    sections = answers_now(application, problems)
    may_change = application.is_editable and request.user.has_perm(
        "grants.edit_application", application
    )
    context = frame(
        request,
        application,
        form=form,
        declaration=declaration_of(application.round),
        missing=_missing(application, sections, problems),
        sections=sections,
        may_change=may_change,
        may_sign=request.user.has_perm("grants.sign_application", application),
        **(_signature(application) if application.round.needs_sign_off else {}),
    )
    return render(request, "applicant/check.html", context)


def _tell(request: HttpRequest, form: DeclarationForm, refusal: Refused) -> None:
    """Beside the tick where it is about that; else above the page, which lists what is missing."""
    if "declares" in refusal.problems:
        show_refusal(form, refusal)
    else:
        messages.error(request, str(refusal))


def _signature(application: Application) -> dict:
    """Where the signature stands, under the answers as they are now."""
    sha256, waiting = digest(content_of(application)), open_sign_off(application)
    return {
        "needs_signature": True,
        "signature": signature_under(application, sha256),
        "waiting": waiting,
        "waiting_is_current": bool(waiting and waiting.sha256 == sha256),
        "refusal": last_refusal(application),
    }


@login_required
@require_POST
def signature_ask(request: HttpRequest, reference: str) -> HttpResponse:
    application = application_of(request, reference)
    require(request, "edit_application", application)
    asked = ask_sign_off(application, by=request.user)
    if asked.state == "asked":
        messages.success(request, _("The signatories are asked. They find it among their mails."))
    return redirect("application-check", application.reference)


def _missing(application: Application, sections: list[ShownSection], problems) -> list[dict]:
    """What is wrong, in the order of the form, each with the field that it is about."""
    reference = application.reference
    project = reverse("application-project", args=[reference])
    labels = {"title": _("Title of the project"), "requested_amount": _("Asked for")}
    found = [
        {"label": label, "problem": problems[key], "url": f"{project}#id_{key}"}
        for key, label in labels.items()
        if key in problems
    ]
    for part in sections:
        page = reverse("application-section", args=[reference, part.section.position])
        found += [
            {
                "label": row.question.label,
                "problem": row.problem,
                "url": f"{page}#id_q-{row.question.key}",
            }
            for row in part.answers
            if row.problem
        ]
    return found
