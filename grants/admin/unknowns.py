"""Payments without a final answer at the desk: why, since when, when each is asked about next."""

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.paging import page_of
from grants.admin.rails import rails_in_use
from grants.admin.site import desk
from grants.payouts.lifecycle import LIVE, AttemptState
from grants.payouts.models import PaymentAttempt, Payout, RailName
from grants.payouts.services import sending
from grants.payouts.why import sentence, why
from grants.reports.register import totals_by_state, whole

WAY = "payout__milestone__award__application"
ASKED = ("unknown", "accepted")


class UnknownsForm(forms.Form):
    """Which payments: by state, by the code of the last answer, by rail."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    code = forms.ChoiceField(label=gettext_lazy("Answer"), required=False)
    rail = forms.ChoiceField(
        label=gettext_lazy("Rail"),
        required=False,
        choices=[("", gettext_lazy("All")), *RailName.choices],
    )

    def __init__(self, data, codes):
        super().__init__(data)
        every = ("", gettext_lazy("All"))
        states = [(state, AttemptState(state).label) for state in LIVE]
        self.fields["state"].choices = [every, *states]
        self.fields["code"].choices = [
            every,
            *((code, f"{sentence(code)} ({code}, {n})") for code, n in codes),
        ]

    def choose(self, attempts):
        """The attempts that are meant; none for a wrong filter, and the form says what is wrong."""
        if not self.is_valid():
            return attempts.none()
        return attempts.filter(
            **{name: value for name, value in self.cleaned_data.items() if value}
        )


@desk.page(
    "unknowns/",
    name="unknown-list",
    permission="view_money",
    section="money",
    menu=gettext_lazy("Unknown"),
    order=55,
)
def unknown_list(request):
    unsettled = PaymentAttempt.objects.visible_to(request.user).unsettled()
    codes = unsettled.exclude(code="").values_list("code").annotate(Count("pk")).order_by("code")
    form = UnknownsForm(request.GET, codes)
    chosen = form.choose(unsettled)
    totals = totals_by_state(Payout.objects.filter(pk__in=chosen.values("payout")))
    context = {
        "form": form,
        "totals": totals,
        "whole": whole(totals),
        "page": _page(request, chosen),
        "rails": rails_in_use(),
        "query": _query(request),
    }
    return desk.render(request, "admin/money/unknowns.html", context, title=_("What is unknown"))


def _page(request, attempts):
    """A page of attempts, each with `why`, `since` when, and whether it `can_be_asked` about."""
    way = attempts.select_related(
        "payout__payee", f"{WAY}__organisation", f"{WAY}__round__program__fund"
    )
    page = page_of(request, way.defer("exchange"))
    for attempt in page:
        attempt.why = why(attempt)
        attempt.since = attempt.called_at or attempt.prepared_at
        is_in_a_file = attempt.rail == RailName.BANK_FILE and attempt.state == "accepted"
        attempt.can_be_asked = attempt.state in ASKED and not is_in_a_file
    return page


@desk.page(
    "unknowns/<slug:number>/ask/", name="unknown-ask", permission="hold_payout", section="money"
)
@require_POST
def unknown_ask(request, number):
    visible = PaymentAttempt.objects.visible_to(request.user)
    attempt = get_object_or_404(visible.select_related("payout"), number=number)
    if sending.ask_now(attempt.payout, by=request.user):
        messages.success(request, _("%(number)s is being asked about.") % {"number": number})
    else:
        messages.info(request, _("%(number)s has its answer.") % {"number": number})
    return HttpResponseRedirect(reverse("admin:unknown-list") + _query(request))


def _query(request) -> str:
    """The filter, as it stands behind the address."""
    query = request.GET.urlencode()
    return f"?{query}" if query else ""
