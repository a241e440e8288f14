"""The signatory reads exactly what is sent, proves who they are, and signs."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from grants.applications.models import SignOff
from grants.applications.services.signing import open_sign_off, refuse_to_sign, sign
from grants.applications.services.submitting import content_of, declaration_of
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.web.cases import frame, member_case, require
from grants.web.display import answers_sent
from grants.web.forms.refusals import posted, show_refusal
from grants.web.forms.sending import RefusalForm, SignatureForm


@login_required
@never_cache
def application_sign(request: HttpRequest, reference: str) -> HttpResponse:
    """The text that waits for a signature. A POST signs it once the password was given again.

    `sign_off` names the text that was shown: another one is never signed in its place.
    """
    application = member_case(request, reference)
    require(request, "sign_application", application)
    sign_off = open_sign_off(application)
    if sign_off is None:
        return redirect("application-check", application.reference)
    is_shown = request.POST.get("sign_off") == sign_off.sha256
    form = SignatureForm(posted(request) if is_shown else None)
    if is_shown and form.is_valid() and (answer := _sign(request, sign_off, form)):
        return answer
    context = frame(
        request,
        application,
        form=form,
        sign_off=sign_off,
        is_current=digest(content_of(application)) == sign_off.sha256,
        declaration=declaration_of(application.round),
        sent=answers_sent(application, sign_off),
    )
    return render(request, "applicant/sign.html", context)


@reauthentication_required
def _sign(request: HttpRequest, sign_off: SignOff, form: SignatureForm) -> HttpResponse | None:
    """Signs, by who gave the password a moment ago; None where it was refused."""
    try:
        sign(sign_off, by=request.user, name=form.cleaned_data["name"])
    except Refused as refusal:
        show_refusal(form, refusal)
        return None
    return redirect("application-check", sign_off.case)


@login_required
def signature_refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Gives the text back to the editors with words."""
    application = member_case(request, reference)
    require(request, "sign_application", application)
    sign_off = open_sign_off(application)
    if sign_off is None:
        return redirect("application-check", application.reference)
    form = RefusalForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            refuse_to_sign(sign_off, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("application-check", application.reference)
    context = frame(request, application, form=form, sign_off=sign_off)
    return render(request, "applicant/sign_refuse.html", context)
