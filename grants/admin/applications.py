"""Applications at the desk: the list, and one with everything that an officer decides on."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.answers import sent_answers
from grants.admin.asking import askable
from grants.admin.blind import blind_check_of
from grants.admin.case_forms import (
    SCREENING,
    AssignForm,
    ProposeForm,
    assign_all,
    propose,
)
from grants.admin.conflicts import conflicts_of
from grants.admin.decisions import decision_offers
from grants.admin.rounds import left_in
from grants.admin.screening import checks_of
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin
from grants.admin.verbs import carry_out, offers
from grants.applications.models import Application
from grants.awards.models import Award, Decision
from grants.reports.case_list import sent_to
from grants.reports.timeline import timeline_of
from grants.reports.way import way_of
from grants.reviews.selectors import score_sheet


def submitted_to(user):
    return sent_to(user).select_related("round__program__fund", "organisation", "form")


@desk.page(
    "applications/<slug:reference>/",
    name="application-detail",
    permission="view_application",
    section="applications",
)
def application_detail(request, reference):
    application = get_object_or_404(submitted_to(request.user), reference=reference)
    return _page(request, application)


@desk.page(
    "applications/<slug:reference>/<slug:verb>/",
    name="application-verb",
    permission="view_application",
    section="applications",
)
def application_verb(request, reference, verb):
    """Carries out a verb that was posted; a refusal shows the page again with what was typed."""
    application = get_object_or_404(submitted_to(request.user), reference=reference)
    back = reverse("admin:application-detail", args=[reference])
    if request.method != "POST":
        return HttpResponseRedirect(back)
    if verb in FORMS:
        permission, form_class, service, done = FORMS[verb]
        if not request.user.has_perm(f"grants.{permission}", application):
            raise PermissionDenied
        form = form_class(request.POST, application)
        if form.carry_out(service, application, by=request.user):
            messages.success(request, done)
            return HttpResponseRedirect(back)
        return _page(request, _again(request, reference), {verb: form})
    if verb not in {offered.name for offered in SCREENING}:
        raise Http404
    if not request.user.has_perm("grants.screen_application", application):
        raise PermissionDenied
    done = carry_out(request, application, SCREENING, verb, back=back)
    if isinstance(done, HttpResponseRedirect):
        return done
    return _page(request, _again(request, reference), {"screening": done})


def _again(request, reference: str) -> Application:
    """As the database has it: a refused service may have left its own state on the object."""
    return get_object_or_404(submitted_to(request.user), reference=reference)


FORMS = {
    "assign": (
        "assign_reviewer",
        AssignForm,
        assign_all,
        gettext_lazy("The reviewers are asked."),
    ),
    "propose": (
        "propose_decision",
        ProposeForm,
        propose,
        gettext_lazy("The decision is proposed. Another person confirms it."),
    ),
}


def _page(request, application: Application, refused: dict | None = None):
    user, refused = request.user, refused or {}
    submission = application.latest
    decision = (
        Decision.objects.visible_to(user)
        .standing()
        .filter(application=application)
        .select_related("application__round__program__fund", "proposed_by", "confirmed_by")
        .first()
    )
    left = left_in(application.round)
    context = {
        "application": application,
        "submission": submission,
        "sent": sent_answers(application, submission),
        "way": way_of(application),
        "timeline": timeline_of(application, user),
        "left": left,
        "left_after": left - (application.requested_amount or 0),
        "award": Award.objects.visible_to(user).filter(application=application).first(),
        "offers": _screening_offers(application, user, refused.get("screening")),
        "requests": list(
            application.information_requests.select_related("asked_by").order_by("-number")
        ),
        **checks_of(application, user),
        "decision": decision,
        "decision_offers": decision_offers(decision, user) if decision else [],
        **_review_parts(application, decision, user),
        **blind_check_of(application, user),
        "conflicts": conflicts_of(application, user),
        "may_record_conflict": user.has_perm("grants.record_conflict", application),
        # Also where it came too late: its form says so and keeps what was typed.
        **refused,
    }
    trail = [(_("Applications"), reverse("admin:application-list"))]
    return desk.render(
        request, "admin/desk/application.html", context, title=application.reference, trail=trail
    )


def _screening_offers(application: Application, user, refused):
    found = offers(application, user, SCREENING, _url_of(application), refused)
    for offer in found:
        if "questions" in offer.form.fields:
            offer.form.fields["questions"].choices = askable([application])
    return found


def _url_of(application: Application):
    return lambda verb: reverse("admin:application-verb", args=[application.reference, verb])


def _review_parts(application: Application, decision, user) -> dict:
    """The scores, and the forms to assign and to propose, as far as the person may."""
    if not user.has_perm("grants.view_scores", application):
        return {"sheet": None}
    parts = {"sheet": score_sheet(application, user=user)}
    if application.state != "in_review" or decision:
        return parts
    if user.has_perm("grants.assign_reviewer", application):
        parts["assign"] = AssignForm(None, application)
    if parts["sheet"].submitted and user.has_perm("grants.propose_decision", application):
        parts["propose"] = ProposeForm(None, application)
    return parts


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    section = "applications"
    view_permission = "view_application"
    list_display = ["reference", "title", "organisation", "round", "state", "submitted_at"]
    list_select_related = ["organisation", "round"]
    list_filter = ["state"]
    search_fields = ["=reference", "title"]
    fields = [
        "reference", "round", "organisation", "title", "requested_amount", "state", "submitted_at",
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(submitted_at=None)
