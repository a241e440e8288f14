"""Finding the application of a page, and what stands around it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from grants.applications.models import Application
from grants.awards.models import Award, Decision
from grants.payouts.models import Payout
from grants.reports.way import way_of


def application_of(request, reference: str) -> Application:
    """The application where the person may see it; else 404."""
    visible = Application.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("round__program__fund", "organisation", "form"),
        reference=reference,
    )


def require(request, permission: str, thing) -> None:
    """403 where the person may see the thing but not do that."""
    if not request.user.has_perm(f"grants.{permission}", thing):
        raise PermissionDenied


def member_case(request, reference: str) -> Application:
    """An application that the person is a member of; readers of the desk get 403."""
    application = application_of(request, reference)
    if not application.organisation.role_of(request.user):
        raise PermissionDenied
    return application


def released_award(application: Application) -> Award | None:
    """The award, once the applicant was told, with its milestones and their evidence."""
    return (
        Award.objects.filter(application=application, decision__state="released")
        .select_related("application__organisation", "application__round__program__fund")
        .prefetch_related("milestones__evidence__document")
        .first()
    )


def released_decision(application: Application) -> Decision | None:
    return Decision.objects.filter(application=application, state="released").first()


def payouts_of(award: Award) -> list[Payout]:
    return list(
        Payout.objects.filter(milestone__award=award)
        .select_related("milestone", "payee")
        .order_by("milestone__number", "pk")
    )


def frame(request, application: Application, **more) -> dict:
    """What every page of one application shows around its content."""
    return {
        "application": application,
        "round": application.round,
        "list_url": reverse("application-list"),
        "case_url": reverse("application-detail", args=[application.reference]),
        "steps": way_of(application),
        "may_edit": request.user.has_perm("grants.edit_application", application),
        **more,
    }
