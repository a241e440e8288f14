"""Awards: what was promised, how far it got, and putting one on hold or ending it."""

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin
from grants.admin.verbs import Verb, WithReason, carry_out, offers
from grants.applications.models import kept_from
from grants.awards import services
from grants.awards.lifecycle import AwardState
from grants.awards.models import Award
from grants.ledger.models import LedgerAccount, Place
from grants.payouts.services.due import resume_award, waiting_for
from grants.reports.timeline import timeline_of
from grants.reports.way import way_of

VERBS = [
    Verb(
        "resume",
        gettext_lazy("Resume"),
        gettext_lazy("The award is in force again."),
        "manage_award",
        resume_award,
        tone="primary",
    ),
    Verb(
        "suspend",
        gettext_lazy("Suspend"),
        gettext_lazy("The award is suspended: nothing is accepted or paid until it is resumed."),
        "manage_award",
        services.suspend,
        WithReason,
    ),
    Verb(
        "terminate",
        gettext_lazy("End the award"),
        gettext_lazy("The award is ended; what was not payable yet went back to the round."),
        "manage_award",
        services.terminate,
        WithReason,
        tone="danger",
    ),
]


class AwardFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All states")), *AwardState.choices],
    )

    def narrow(self, rows):
        state = self.is_valid() and self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows


def seen_by(user):
    rows = Award.objects.visible_to(user).filter(~kept_from(user, "application__"))
    return rows.select_related(
        "application__round__program__fund", "application__organisation", "decision"
    )


@desk.page(
    "awards/",
    name="award-list",
    permission="view_award",
    section="awards",
    menu=gettext_lazy("Awards"),
)
def award_list(request):
    form = AwardFilter(request.GET)
    context = {"page": page_of(request, form.narrow(seen_by(request.user))), "form": form}
    return desk.render(request, "admin/desk/awards.html", context, title=_("Awards"))


@desk.page(
    "awards/<slug:reference>/", name="award-detail", permission="view_award", section="awards"
)
def award_detail(request, reference):
    return _page(request, get_object_or_404(seen_by(request.user), reference=reference))


@desk.page(
    "awards/<slug:reference>/<slug:verb>/",
    name="award-verb",
    permission="view_award",
    section="awards",
)
def award_verb(request, reference, verb):
    award = get_object_or_404(seen_by(request.user), reference=reference)
    back = reverse("admin:award-detail", args=[reference])
    if request.method != "POST":
        return HttpResponseRedirect(back)
    done = carry_out(request, award, VERBS, verb, back=back)
    if isinstance(done, HttpResponseRedirect):
        return done
    return _page(request, get_object_or_404(seen_by(request.user), reference=reference), done)


def balances_of(award: Award) -> dict[str, object]:
    """Where the award's money is now, by place."""
    rows = LedgerAccount.objects.filter(
        owner=award.reference, place__in=[Place.COMMITTED, Place.PAYABLE, Place.PAID]
    )
    return dict(rows.values_list("place", "balance"))


def _page(request, award: Award, refused=None):
    user, application = request.user, award.application
    milestones = list(award.milestones.order_by("number"))
    is_accepted = any(milestone.state == "accepted" for milestone in milestones)
    context = {
        "award": award,
        "application": application,
        "milestones": milestones,
        "balances": balances_of(award),
        "lacking": waiting_for(award) if is_accepted else [],
        "way": way_of(application),
        "timeline": timeline_of(application, user),
        "refused": refused,
        "offers": offers(
            award,
            user,
            VERBS,
            lambda verb: reverse("admin:award-verb", args=[award.reference, verb]),
            refused,
        ),
    }
    trail = [(_("Awards"), reverse("admin:award-list"))]
    return desk.render(
        request, "admin/desk/award.html", context, title=award.reference, trail=trail
    )


@admin.register(Award)
class AwardAdmin(ReadOnlyAdmin):
    section = "awards"
    view_permission = "view_award"
    list_display = ["reference", "application", "amount", "state", "accept_by"]
    list_select_related = ["application"]
    list_filter = ["state"]
    search_fields = ["=reference"]
    fields = [
        "reference", "application", "amount", "state", "offered_at", "accept_by", "accepted_at",
    ]  # fmt: skip
