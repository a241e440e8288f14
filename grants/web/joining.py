"""Asking to join a company that is registered already, and the owners' answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.accounts.models import JoinRequest
from grants.accounts.services.joining import (
    accept_request,
    ask_to_join,
    decline_request,
    withdraw_request,
)
from grants.core.errors import Refused
from grants.web.forms.organisations import AskForm, RoleForm
from grants.web.forms.refusals import posted, show_refusal


@login_required
def join_ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(posted(request), initial={"credit_code": request.GET.get("code", "")[:40]})
    if form.is_bound and form.is_valid():
        try:
            ask_to_join(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The owners were asked. You get a mail when they answer."))
            return redirect("organisation-detail")
    return render(request, "applicant/join_ask.html", {"form": form})


@login_required
def join_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """An owner lets the person in with a role, or declines."""
    asked = get_object_or_404(
        JoinRequest.objects.of_owner(request.user).select_related("organisation", "user"), pk=pk
    )
    form = RoleForm(posted(request))
    if request.method == "POST" and "decline" in request.POST:
        decline_request(asked, by=request.user)
        messages.success(request, _("The request was declined."))
        return redirect("organisation-detail")
    if form.is_bound and form.is_valid():
        try:
            accept_request(asked, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The member was added."))
            return redirect("organisation-detail")
    return render(request, "applicant/join_answer.html", {"asked": asked, "form": form})


@login_required
@require_POST
def join_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(JoinRequest, pk=pk, user=request.user)
    withdraw_request(asked, by=request.user)
    messages.success(request, _("It was withdrawn."))
    return redirect("organisation-detail")
