"""Members of an organisation: inviting, another role, handing over, leaving."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.accounts.models import Invitation, Membership, Organisation
from grants.accounts.services import change_role, hand_over, remove_member
from grants.accounts.services.invitations import (
    accept_invitation,
    decline_invitation,
    invitation_of,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from grants.core.errors import Refused
from grants.web.cases import require
from grants.web.forms.organisations import InviteForm, RoleForm
from grants.web.forms.refusals import posted, show_refusal
from grants.web.organisation import organisation_of


@login_required
def member_invite(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_of(request, pk, "change_organisation")
    form = InviteForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            invite(organisation, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("organisation-detail")
    context = {"organisation": organisation, "form": form}
    return render(request, "applicant/member_invite.html", context)


VERBS = {"resend": resend_invitation, "withdraw": withdraw_invitation}


@login_required
@require_POST
def invitation_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """An owner sends an invitation again or withdraws it; `Refused` becomes a message."""
    invitation = get_object_or_404(
        Invitation.objects.of_owner(request.user).select_related("organisation"), pk=pk
    )
    if verb not in VERBS:
        raise Http404
    VERBS[verb](invitation, by=request.user)
    done = {"resend": _("The invitation was sent again."), "withdraw": _("It was withdrawn.")}
    messages.success(request, done[verb])
    return redirect("organisation-detail")


@login_required
def invitation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What an invited person sees by the link of the mail; nobody joins by looking."""
    invitation = invitation_of(token)
    if invitation is None:
        raise Http404
    is_mine = invitation.email == request.user.email.lower()
    if request.method == "POST" and is_mine:
        if "decline" in request.POST:
            decline_invitation(invitation, by=request.user)
            messages.success(request, _("You declined the invitation."))
        else:
            accept_invitation(invitation, by=request.user)
            messages.success(request, _("Welcome. You now act for this organisation."))
        return redirect("organisation-detail")
    is_open = invitation.state == "open" and not invitation.is_expired
    context = {"invitation": invitation, "is_mine": is_mine, "is_open": is_open}
    return render(request, "applicant/invitation.html", context)


def _membership(request: HttpRequest, pk: int) -> Membership:
    organisations = Organisation.objects.visible_to(request.user)
    return get_object_or_404(
        Membership.objects.select_related("user", "organisation"),
        pk=pk,
        organisation__in=organisations,
    )


@login_required
def member_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another role for a member, or ownership itself (`hand_over`)."""
    membership = _membership(request, pk)
    require(request, "change_organisation", membership.organisation)
    form = RoleForm(None, initial={"role": membership.role})
    if request.method == "POST" and "hand_over" in request.POST:
        hand_over(membership, by=request.user)
        messages.success(request, _("Ownership was handed over. You are an editor now."))
        return redirect("organisation-detail")
    if request.method == "POST":
        form = RoleForm(request.POST)
        if form.is_valid():
            try:
                change_role(membership, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("The role was changed."))
                return redirect("organisation-detail")
    is_self = membership.user_id == request.user.pk
    context = {"membership": membership, "form": form, "is_self": is_self}
    return render(request, "applicant/member_change.html", context)


@login_required
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first. Owners remove anybody; everybody may leave."""
    membership = _membership(request, pk)
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
