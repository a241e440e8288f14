"""Answering an award, and reporting its milestones."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from grants.awards import services as awards
from grants.awards.models import Award
from grants.core.bilingual import pick
from grants.core.errors import Refused
from grants.milestones import services as milestones
from grants.milestones.models import Milestone
from grants.web.cases import application_of, frame, released_award, require
from grants.web.forms.cases import ReasonForm, ReportForm
from grants.web.forms.fields import file_hint
from grants.web.forms.refusals import posted, show_refusal


def _offer(request: HttpRequest, reference: str):
    """The application and its award, where the person may answer it."""
    application = application_of(request, reference)
    award = released_award(application)
    if award is None:
        raise Http404
    require(request, "answer_award", award)
    return application, award


def plan_of(award: Award) -> list[dict]:
    """The milestones as they were offered, with `title` in the reader's language."""
    return [
        item | {"title": pick({"zh": item["title_zh"], "en": item["title_en"]})}
        for item in award.plan
    ]


@login_required
def award_accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows what is promised; the POST accepts. A second press changes nothing."""
    application, award = _offer(request, reference)
    if award.state != "offered":
        return redirect("application-detail", reference)
    if request.method == "POST":
        try:
            milestones.accept_award(award, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You accepted the award."))
        return redirect("application-detail", reference)
    context = frame(request, application, award=award, plan=plan_of(award))
    return render(request, "applicant/award_accept.html", context)


@login_required
def award_decline(request: HttpRequest, reference: str) -> HttpResponse:
    application, award = _offer(request, reference)
    if award.state != "offered":
        return redirect("application-detail", reference)
    form = ReasonForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            awards.decline(award, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You declined the award."))
        return redirect("application-detail", reference)
    context = frame(request, application, award=award, form=form)
    return render(request, "applicant/award_decline.html", context)


@login_required
def milestone_report(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The report on one milestone; what was reported before stands in the field."""
    application = application_of(request, reference)
    visible = Milestone.objects.visible_to(request.user).select_related(
        "award__application__organisation", "award__application__round__program__fund"
    )
    milestone = get_object_or_404(visible, award__application=application, number=number)
    require(request, "submit_milestone", milestone)
    form = ReportForm(posted(request), request.FILES or None, initial={"report": milestone.report})
    if form.is_bound and form.is_valid():
        report, files = form.cleaned_data["report"], form.cleaned_data["file"]
        try:
            milestones.submit(milestone, by=request.user, report=report, files=files)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. We check your report now."))
            return redirect("application-detail", reference)
    elif milestone.state not in ("planned", "returned"):
        return redirect("application-detail", reference)
    evidence = milestone.evidence.select_related("document").order_by("pk")
    context = frame(
        request,
        application,
        milestone=milestone,
        form=form,
        evidence=evidence,
        file_hint=file_hint(),
    )
    return render(request, "applicant/milestone.html", context)
