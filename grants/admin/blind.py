"""What of a submission tells who applies: listed for officers, and let pass with a reason."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.accounts.models import Role
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import WithReason
from grants.applications.lifecycle import BlindCheckState
from grants.applications.models import Application, BlindCheck
from grants.applications.selectors import questions_of
from grants.conflicts.services import blinding


def _places() -> dict[str, str]:
    return {
        "title": _("Title of the project"),
        "answer": _("Answer"),
        "file_name": _("Name of a file"),
        "text": _("Text of a file"),
        "metadata": _("Hidden details of a file"),
        "unread": _("A file that could not be read"),
    }


def _kinds() -> dict[str, str]:
    return {
        "name": _("Name of the applicant"),
        "code": _("Credit code"),
        "member": _("Name of a person"),
        "mail": _("E-mail address"),
        "domain": _("Domain of the applicant"),
        "link": _("Link"),
        "unread": _("Look at it yourself"),
    }


def blind_check_of(application: Application, user) -> dict:
    """For the page of an application: the newest check with its findings in words."""
    if not application.round.is_blind or not user.has_perm("grants.view_scores", application):
        return {}
    check = application.blind_checks.order_by("-submission__number").first()
    if check is None:
        return {"blind_check": None, "is_blind_round": True}
    places, kinds = _places(), _kinds()
    labels = {question.key: question.label for question in questions_of(application)}
    found = [
        {
            "place": places[row["place"]],
            "where": row["name"] or labels.get(row["question"], ""),
            "kind": kinds[row["kind"]],
            "what": row["what"],
            "anchor": row["question"],
        }
        for row in check.findings
    ]
    may = user.has_perm("grants.screen_application", application)
    is_open = check.state == BlindCheckState.TELLS and may
    return {
        "blind_check": check,
        "is_blind_round": True,
        "blind_findings": found,
        "may_let_pass": is_open,
    }


@desk.page(
    "blind-checks/<int:pk>/let-pass/",
    name="blind-let-pass",
    permission="screen_application",
    section="applications",
)
def let_pass(request, pk):
    visible = BlindCheck.objects.visible_to(request.user).select_related("application")
    check = get_object_or_404(visible, pk=pk)
    form = WithReason(request.POST if request.method == "POST" else None)
    back = reverse("admin:application-detail", args=[check.application.reference])
    if form.is_bound and form.carry_out(blinding.let_pass, check, by=request.user):
        messages.success(request, _("Reviewers may read it as it is."))
        return HttpResponseRedirect(back)
    context = {"form": form, "application": check.application}
    trail = [(check.application.reference, back)]
    return desk.render(
        request,
        "admin/desk/let_pass.html",
        context,
        title=_("Let it pass to the reviewers"),
        trail=trail,
    )


@desk.waiting(Role.OFFICER, order=22)
def telling(user):
    rows = BlindCheck.objects.visible_to(user).filter(
        state=BlindCheckState.TELLS, application__state__in=["submitted", "screening", "in_review"]
    )
    shown = [
        Row(
            row.application.reference,
            reverse("admin:application-detail", args=[row.application.reference]) + "#blind",
            thing=row,
        )
        for row in rows.select_related("application").order_by("pk")[:ROWS]
    ]
    url = reverse("admin:application-list")
    return Waiting(_("Blind rounds: what tells who applies"), rows.count(), url, shown)
