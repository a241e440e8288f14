"""What was sent: receipts, all submissions with their changes, and the page that verifies one."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants.applications.models import Application, Submission
from grants.programs.models import Round
from grants.reports.changes import changes_between
from grants.reports.papers.application import receipt_pdf
from grants.reports.papers.form import form_pdf
from grants.web.cases import application_of, frame
from grants.web.display import answers_sent
from grants.web.forms.sending import VerifyForm
from grants.web.limits import is_too_often

VERIFIED_A_MINUTE = 20
PAPERS_A_MINUTE = 30


def _submission(application: Application, number: int | None) -> Submission:
    rows = application.submissions.select_related("submitted_by").order_by("-number")
    submission = rows.filter(number=number).first() if number else rows.first()
    if submission is None:
        raise Http404
    submission.application = application
    return submission


@login_required
@require_safe
def application_receipt(
    request: HttpRequest, reference: str, number: int | None = None
) -> HttpResponse:
    application = application_of(request, reference)
    submission = _submission(application, number)
    is_member = bool(application.organisation.role_of(request.user))
    context = frame(
        request,
        application,
        submission=submission,
        is_last=submission == application.latest,
        submitter=submission.submitted_by if is_member else "",
        sent=answers_sent(application, submission),
    )
    return render(request, "applicant/receipt.html", context)


@login_required
@require_safe
def application_receipt_pdf(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The receipt as a PDF, in `?language=` or the language of the page."""
    application = application_of(request, reference)
    submission = _submission(application, number)
    with translation.override(_language(request)):
        content = receipt_pdf(submission)
    return _pdf(content, f"{reference}-{number}.pdf")


@login_required
@require_safe
def submission_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Every submission, the last one first, each with what it changed of the one before."""
    application = application_of(request, reference)
    submissions = list(application.submissions.select_related("submitted_by").order_by("-number"))
    if not submissions:
        raise Http404
    earlier = [*submissions[1:], None]
    rows = [
        {"submission": now, "changes": changes_between(application, before, now) if before else []}
        for now, before in zip(submissions, earlier, strict=True)
    ]
    is_member = bool(application.organisation.role_of(request.user))
    context = frame(request, application, rows=rows, is_member=is_member)
    return render(request, "applicant/submissions.html", context)


@require_safe
def round_form_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The empty form, for anybody."""
    if is_too_often(request, "form", PAPERS_A_MINUTE):
        return render(request, "429.html", status=429)
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    round = get_object_or_404(rounds, slug=slug)
    language = _language(request)
    with translation.override(language):
        content = form_pdf(round, round.form)
    return _pdf(content, f"{slug}-{language}.pdf")


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Says whether a submission with this digest was received under this reference, and when."""
    given = request.GET if {"reference", "sha256"} & set(request.GET) else None
    form = VerifyForm(given)
    context: dict = {"form": form}
    if form.is_bound and form.is_valid():
        if is_too_often(request, "verify", VERIFIED_A_MINUTE):
            return render(request, "429.html", status=429)
        found = Submission.objects.select_related("application").filter(
            application__reference=form.cleaned_data["reference"].strip().upper(),
            sha256=form.cleaned_data["sha256"].strip().lower(),
        )
        context |= {"asked": form.cleaned_data, "found": found.order_by("number").first()}
    return render(request, "public/verify.html", context)


def _language(request: HttpRequest) -> str:
    """The language that `?language=` asks for, or the one of the page."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language() or ""


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "Cache-Control": "private, no-store",
        },
    )
