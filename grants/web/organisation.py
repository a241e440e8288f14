"""The person's organisations: what is known of them, and the account that is paid to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from grants.accounts.models import Invitation, JoinRequest, MemberRole, Organisation
from grants.accounts.services import change_organisation, create_organisation
from grants.accounts.services.organisations import RegisteredAlready
from grants.core.errors import Refused
from grants.payouts.services.payees import name_payee
from grants.reports.history import history_of
from grants.web.cases import require
from grants.web.forms.organisations import ChangeForm, OrganisationForm, PayeeForm
from grants.web.forms.refusals import posted, show_refusal

AROUND = ("memberships__user", "payees", "licences", "invitations", "join_requests__user")


@login_required
def organisation_detail(request: HttpRequest) -> HttpResponse:
    mine = (
        Organisation.objects.filter(memberships__user=request.user)
        .prefetch_related(*AROUND)
        .order_by("name", "pk")
    )
    context = {
        "cards": [_card(request, organisation) for organisation in mine],
        "asked": JoinRequest.objects.filter(user=request.user, state="open")
        .select_related("organisation")
        .order_by("pk"),
        "invited": [
            row
            for row in Invitation.objects.filter(email=request.user.email.lower(), state="open")
            .select_related("organisation", "invited_by")
            .order_by("pk")
            if not row.is_expired
        ],
    }
    return render(request, "applicant/organisation.html", context)


def _card(request: HttpRequest, organisation: Organisation) -> dict:
    """An organisation with what stands around it; replaced accounts are left out."""
    payees = [row for row in organisation.payees.all() if row.state != "superseded"]
    may_change = request.user.has_perm("grants.change_organisation", organisation)
    members = sorted(organisation.memberships.all(), key=lambda row: row.joined_at)
    owners = [row for row in members if row.role == MemberRole.OWNER]
    for row in members:
        row.may_leave = row.user_id == request.user.pk and owners != [row]
        row.may_change = may_change and owners != [row]
    licence = next((row for row in organisation.licences.all() if row.state != "replaced"), None)
    if licence:
        licence.organisation = organisation
    return {
        "organisation": organisation,
        "members": members,
        "licence": licence,
        "invitations": _open(organisation.invitations) if may_change else [],
        "requests": _open(organisation.join_requests) if may_change else [],
        "payees": sorted(payees, key=lambda row: row.named_at, reverse=True),
        "is_waiting": any(row.state == "pending" for row in payees),
        "may_change": may_change,
        "may_name_payee": request.user.has_perm("grants.name_payee", organisation),
    }


def _open(rows) -> list:
    return sorted((row for row in rows.all() if row.state == "open"), key=lambda row: row.pk)


def _way_back(request: HttpRequest) -> str:
    """The page of this portal that `?next=` names, or none."""
    url = request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if allowed else ""


@login_required
def organisation_create(request: HttpRequest) -> HttpResponse:
    form, taken = OrganisationForm(posted(request)), ""
    if form.is_bound and form.is_valid():
        try:
            create_organisation(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, RegisteredAlready) and "credit_code" in refusal.problems:
                taken = request.POST["credit_code"]
        else:
            messages.success(request, _("The organisation was registered."))
            return redirect(_way_back(request) or "organisation-detail")
    return render(request, "applicant/organisation_new.html", {"form": form, "taken": taken})


def organisation_of(request: HttpRequest, pk: int, permission: str) -> Organisation:
    """404 where the person does not see it, 403 where they may not do that."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    require(request, permission, organisation)
    return organisation


@login_required
def organisation_change(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_of(request, pk, "change_organisation")
    form = ChangeForm(organisation, posted(request))
    if form.is_bound and form.is_valid():
        try:
            change_organisation(organisation, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The details are saved."))
            return redirect("organisation-detail")
    is_verified = any(row.is_valid for row in organisation.licences.standing())
    context = {"organisation": organisation, "form": form, "is_verified": is_verified}
    return render(request, "applicant/organisation_change.html", context)


@login_required
def organisation_history(request: HttpRequest, pk: int) -> HttpResponse:
    """For members alone: the desk reads it on its own page."""
    mine = Organisation.objects.filter(pk__in=request.user.own_organisations)
    organisation = get_object_or_404(mine, pk=pk)
    context = {
        "organisation": organisation,
        "events": history_of(organisation, request.user),
        "back": reverse("organisation-detail"),
    }
    return render(request, "applicant/organisation_history.html", context)


@login_required
def payee_create(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_of(request, pk, "name_payee")
    form = PayeeForm(posted(request), initial={"holder_name": organisation.name})
    if form.is_bound and form.is_valid():
        try:
            name_payee(organisation, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. The fund verifies the account now."))
            return redirect("organisation-detail")
    context = {
        "organisation": organisation,
        "form": form,
        "verified": organisation.payees.filter(state="verified").first(),
    }
    return render(request, "applicant/payee.html", context)
