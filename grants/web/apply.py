"""Beginning an application."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from grants.accounts.models import MemberRole, Organisation
from grants.applications.services.drafts import start
from grants.core.dates import in_words
from grants.core.errors import Refused
from grants.programs.models import Round
from grants.web.forms.organisations import ChooseOrganisationForm
from grants.web.forms.refusals import posted, show_refusal

WRITERS = (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.SIGNATORY)


@login_required
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for whom; only the POST begins something, and a second one finds the first."""
    rounds = Round.objects.public().select_related("program__fund")
    round = get_object_or_404(rounds, slug=slug)
    mine = Organisation.objects.filter(
        memberships__user=request.user, memberships__role__in=WRITERS
    ).order_by("name", "pk")
    form = ChooseOrganisationForm(mine, posted(request))
    if request.method == "POST" and not mine:
        raise PermissionDenied
    if form.is_bound and form.is_valid():
        try:
            application = start(round, form.cleaned_data["organisation"], by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("application-detail", application.reference)
    closes = in_words(round.closes_at)
    context = {"round": round, "form": form, "organisations": mine, "closes": closes}
    return render(request, "applicant/apply.html", context)
