"""An applicant's applications: the list, the page of one, the receipt, taking it back."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.lifecycle import WITHDRAWABLE
from grants.applications.models import Application
from grants.applications.selectors import newer_form, task_list
from grants.applications.services.drafts import withdraw
from grants.awards.lifecycle import IN_FORCE
from grants.milestones.models import Milestone
from grants.payouts.services.due import waiting_for
from grants.reports.timeline import timeline_of
from grants.web.asked import asked_of
from grants.web.award import plan_of
from grants.web.cases import (
    application_of,
    frame,
    payouts_of,
    released_award,
    released_decision,
    require,
)
from grants.web.deadline import deadline_of
from grants.web.forms.cases import ReasonForm
from grants.web.forms.refusals import posted
from grants.web.next_step import next_step
from grants.web.paging import newest_first


def with_next_steps(applications: Iterable[Application]) -> list[Application]:
    """The rows with `next_step` and `told_award`, by a constant number of queries."""
    if isinstance(applications, QuerySet):
        applications = for_list(applications)
    rows = list(applications)
    for row in rows:
        award = getattr(row, "award", None)
        row.told_award = award if award and award.decision.state == "released" else None
        row.next_step = next_step(row, row.told_award)
    return rows


def for_list(applications: QuerySet) -> QuerySet:
    return applications.select_related(
        "round__program__fund", "organisation", "award__decision"
    ).prefetch_related("award__milestones", "extensions")


@login_required
def application_list(request: HttpRequest) -> HttpResponse:
    page = newest_first(for_list(Application.objects.of_applicant(request.user)), request)
    context = {"page": page, "rows": with_next_steps(page.rows)}
    return render(request, "applicant/applications.html", context)


@login_required
def application_detail(request: HttpRequest, reference: str) -> HttpResponse:
    application = application_of(request, reference)
    award = released_award(application)
    is_member = bool(application.organisation.role_of(request.user))
    context = frame(
        request,
        application,
        is_member=is_member,
        award=award,
        decision=released_decision(application),
        asked=asked_of(application) if is_member else None,
        next_step=next_step(application, award),
        tasks=_tasks(application) if is_member and application.is_editable else [],
        timeline=timeline_of(application, request.user),
        may_withdraw=application.state in WITHDRAWABLE,
        latest=application.latest,
        deadline=deadline_of(application) if is_member else None,
        newer_form=newer_form(application) if is_member and application.is_editable else None,
        **(_after_award(request, award) if award else {}),
    )
    return render(request, "applicant/application.html", context)


def _after_award(request, award) -> dict:
    payouts = payouts_of(award)
    return {
        "plan": plan_of(award),
        "milestones": _milestones(request, award, payouts),
        "payouts": payouts,
        "paid": sum(payout.net for payout in payouts if payout.state == "paid"),
        "waiting": waiting_for(award) if award.state in IN_FORCE else [],
        "may_answer": award.state == "offered"
        and request.user.has_perm("grants.answer_award", award),
        "may_name_payee": request.user.has_perm("grants.name_payee", award.organisation),
    }


def _milestones(request, award, payouts) -> list[Milestone]:
    """The milestones, each with its payout and whether the person may report it now."""
    by_milestone = {row.milestone_id: row for row in payouts if row.state != "cancelled"}
    at_work = award.state in IN_FORCE
    milestones = list(award.milestones.all())
    for milestone in milestones:
        milestone.award = award
        milestone.payout = by_milestone.get(milestone.pk)
        milestone.may_report = (
            at_work
            and milestone.state in ("planned", "returned")
            and request.user.has_perm("grants.submit_milestone", milestone)
        )
    return milestones


def _tasks(application: Application) -> list[dict]:
    """The task list: the project, each section, and the check at the end."""
    project = {
        "label": _("Project and amount"),
        "state": "done"
        if application.title and application.requested_amount
        else "in_progress"
        if application.title or application.requested_amount
        else "not_started",
        "url": reverse("application-project", args=[application.reference]),
    }
    sections = [
        {
            "label": task.section.title,
            "state": task.state,
            "url": reverse(
                "application-section", args=[application.reference, task.section.position]
            ),
        }
        for task in task_list(application)
    ]
    is_sent = application.state == "submitted" and not application.is_changed_since_submission
    is_ready = all(task["state"] == "done" for task in (project, *sections))
    check = {
        "label": _("Check your answers and submit"),
        "state": "done" if is_sent else "not_started" if is_ready else "cannot_start",
    }
    if is_sent or is_ready:
        check["url"] = reverse("application-check", args=[application.reference])
    else:
        check["hint"] = _("Finish the parts above first.")
    return [project, *sections, check]


@login_required
def application_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    application = application_of(request, reference)
    require(request, "withdraw_application", application)
    form = ReasonForm(posted(request))
    if form.is_bound and form.is_valid():
        if application.state != "withdrawn":
            withdraw(application, by=request.user, **form.cleaned_data)
        return redirect("application-detail", application.reference)
    return render(request, "applicant/withdraw.html", frame(request, application, form=form))
