"""Checking an application, sending it, and the receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.services.drafts import missing
from grants.applications.services.submitting import submit
from grants.core.errors import Refused
from grants.web.cases import application_of, frame, member_case, require
from grants.web.display import ShownSection, answers_now, answers_sent


@login_required
def application_check(request: HttpRequest, reference: str) -> HttpResponse:
    """All answers with what is missing; the POST submits. Viewers read."""
    application = member_case(request, reference)
    if request.method == "POST":
        require(request, "submit_application", application)
        try:
            submit(application, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            if not refusal.problems:
                return redirect("application-detail", application.reference)
        else:
            return redirect("application-receipt", application.reference)
    problems = missing(application)
    sections = answers_now(application, problems)
    may_change = application.is_editable and request.user.has_perm(
        "grants.edit_application", application
    )
    context = frame(
        request,
        application,
        missing=_missing(application, sections, problems),
        sections=sections,
        may_change=may_change,
    )
    return render(request, "applicant/check.html", context)


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


@login_required
def application_receipt(request: HttpRequest, reference: str) -> HttpResponse:
    application = application_of(request, reference)
    submission = application.submissions.select_related("submitted_by").order_by("-number").first()
    if submission is None:
        raise Http404
    is_member = bool(application.organisation.role_of(request.user))
    context = frame(
        request,
        application,
        submission=submission,
        submitter=submission.submitted_by if is_member else "",
        sent=answers_sent(application, submission),
    )
    return render(request, "applicant/receipt.html", context)
