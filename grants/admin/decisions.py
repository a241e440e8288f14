"""Decisions: proposed by one person, confirmed by another, released to the applicant."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.accounts.models import DESK_READERS
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.rounds import left_in
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin, plain
from grants.admin.verbs import Offer, Verb, carry_out, offers
from grants.applications.models import kept_from
from grants.awards import services
from grants.awards.lifecycle import DecisionState
from grants.awards.models import Decision, Outcome
from grants.reports.way import way_of
from grants.reviews.selectors import score_sheet


class DiscardForm(VerbForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it is discarded"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


VERBS = [
    Verb(
        "confirm",
        gettext_lazy("Confirm"),
        gettext_lazy("The decision is confirmed."),
        "confirm_decision",
        services.confirm,
        tone="primary",
    ),
    Verb(
        "release",
        gettext_lazy("Release to the applicant"),
        gettext_lazy("The applicant is told."),
        "release_decision",
        services.release,
        tone="primary",
    ),
    Verb(
        "discard",
        gettext_lazy("Discard the proposal"),
        gettext_lazy("The proposal is discarded. A new one can be made."),
        "discard_decision",
        services.discard,
        DiscardForm,
    ),
]


class DecisionFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All states")), *DecisionState.choices],
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        required=False,
        choices=[("", gettext_lazy("All outcomes")), *Outcome.choices],
    )

    def narrow(self, rows):
        values = self.cleaned_data if self.is_valid() else {}
        return rows.filter(**{name: value for name, value in values.items() if value})


def decision_offers(decision: Decision, user, refused: VerbForm | None = None) -> list[Offer]:
    def url(verb: str) -> str:
        return reverse("admin:decision-verb", args=[decision.pk, verb])

    return offers(decision, user, VERBS, url, refused)


def seen_by(user):
    rows = Decision.objects.visible_to(user).filter(~kept_from(user, "application__"))
    return rows.select_related(
        "application__round__program__fund",
        "application__organisation",
        "proposed_by",
        "confirmed_by",
    )


@desk.page(
    "decisions/",
    name="decision-list",
    roles=DESK_READERS,
    section="decisions",
    menu=gettext_lazy("Decisions"),
)
def decision_list(request):
    form = DecisionFilter(request.GET)
    context = {"page": page_of(request, form.narrow(seen_by(request.user))), "form": form}
    return desk.render(request, "admin/desk/decisions.html", context, title=_("Decisions"))


@desk.page("decisions/<int:pk>/", name="decision-detail", roles=DESK_READERS, section="decisions")
def decision_detail(request, pk):
    return _page(request, get_object_or_404(seen_by(request.user), pk=pk))


@desk.page(
    "decisions/<int:pk>/<slug:verb>/",
    name="decision-verb",
    roles=DESK_READERS,
    section="decisions",
)
def decision_verb(request, pk, verb):
    decision = get_object_or_404(seen_by(request.user), pk=pk)
    back = reverse("admin:decision-detail", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(back)
    if verb == "discard" and not request.user.has_perm("grants.discard_decision", decision):
        raise PermissionDenied
    done = carry_out(request, decision, VERBS, verb, back=back)
    if isinstance(done, HttpResponseRedirect):
        return done
    return _page(request, get_object_or_404(seen_by(request.user), pk=pk), done)


def _page(request, decision: Decision, refused: VerbForm | None = None):
    user, application = request.user, decision.application
    left = left_in(application.round)
    is_promised = decision.outcome != Outcome.AWARD or decision.state != "proposed"
    context = {
        "decision": decision,
        "application": application,
        "sheet": score_sheet(application, user=user),
        "way": way_of(application),
        "left": left,
        "left_after": None if is_promised else left - decision.amount,
        "is_own": decision.state == "proposed"
        and decision.proposed_by_id == user.pk
        and user.has_perm("grants.confirm_decision"),
        "is_stale": decision.state == "proposed"
        and services.basis_of(application) != decision.basis,
        "refused": refused,
        "offers": decision_offers(decision, user, refused),
    }
    trail = [(_("Decisions"), reverse("admin:decision-list"))]
    return desk.render(
        request,
        "admin/desk/decision.html",
        context,
        title=application.reference,
        trail=trail,
    )


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    section = "decisions"
    view_permission = "view_scores"
    list_display = ["application", "outcome", "amount", "state", "proposed_at"]
    list_select_related = ["application"]
    list_filter = ["state", "outcome"]
    fields = [
        "application", "outcome", "amount", "reasons", "feedback", "state", "proposer",
        "proposed_at", "confirmer", "confirmed_at", "released_at",
    ]  # fmt: skip
    proposer = plain("proposed_by", gettext_lazy("proposed by"))
    confirmer = plain("confirmed_by", gettext_lazy("confirmed by"))
