"""The person's organisations: profile, members, and the account that is paid to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from grants.accounts.models import MemberRole, Membership, Organisation
from grants.accounts.services import add_member, create_organisation, remove_member
from grants.core.errors import Refused
from grants.payouts.services.payees import name_payee
from grants.web.cases import require
from grants.web.forms.organisations import MemberForm, OrganisationForm, PayeeForm
from grants.web.forms.refusals import posted, show_refusal


@login_required
def organisation_detail(request: HttpRequest) -> HttpResponse:
    mine = (
        Organisation.objects.filter(memberships__user=request.user)
        .prefetch_related("memberships__user", "payees")
        .order_by("name", "pk")
    )
    cards = [_card(request, organisation) for organisation in mine]
    return render(request, "applicant/organisation.html", {"cards": cards})


def _card(request: HttpRequest, organisation: Organisation) -> dict:
    """An organisation with what stands around it; replaced accounts are left out."""
    payees = [row for row in organisation.payees.all() if row.state != "superseded"]
    may_change = request.user.has_perm("grants.change_organisation", organisation)
    members = sorted(organisation.memberships.all(), key=lambda row: row.joined_at)
    owners = [row for row in members if row.role == MemberRole.OWNER]
    for row in members:
        row.may_go = (may_change or row.user_id == request.user.pk) and owners != [row]
    return {
        "organisation": organisation,
        "members": members,
        "payees": sorted(payees, key=lambda row: row.named_at, reverse=True),
        "is_waiting": any(row.state == "pending" for row in payees),
        "may_change": may_change,
        "may_name_payee": request.user.has_perm("grants.name_payee", organisation),
    }


def _way_back(request: HttpRequest) -> str:
    """The page of this portal that `?next=` names, or none."""
    url = request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if allowed else ""


@login_required
def organisation_create(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            create_organisation(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The organisation was registered."))
            return redirect(_way_back(request) or "organisation-detail")
    return render(request, "applicant/organisation_new.html", {"form": form})


def _organisation(request: HttpRequest, pk: int, permission: str) -> Organisation:
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    require(request, permission, organisation)
    return organisation


@login_required
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = _organisation(request, pk, "change_organisation")
    form = MemberForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            add_member(organisation, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The member was added."))
            return redirect("organisation-detail")
    context = {"organisation": organisation, "form": form}
    return render(request, "applicant/member_add.html", context)


@login_required
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first. Owners remove anybody; everybody may leave."""
    organisations = Organisation.objects.visible_to(request.user)
    membership = get_object_or_404(
        Membership.objects.select_related("user", "organisation"),
        pk=pk,
        organisation__in=organisations,
    )
    if membership.user_id != request.user.pk:
        require(request, "change_organisation", membership.organisation)
    if request.method == "POST":
        try:
            remove_member(membership, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The member was removed."))
        return redirect("organisation-detail")
    return render(request, "applicant/member_remove.html", {"membership": membership})


@login_required
def payee_create(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = _organisation(request, pk, "name_payee")
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
