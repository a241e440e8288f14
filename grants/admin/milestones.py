"""Milestones: reports to judge. Accepting one makes its payout due."""

from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.accounts.models import DESK_READERS
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin
from grants.admin.verbs import Verb, WithReason, by_lifecycle, carry_out, offers
from grants.applications.models import kept_from
from grants.awards.lifecycle import IN_FORCE, AwardState
from grants.milestones import services
from grants.milestones.lifecycle import MilestoneState
from grants.milestones.models import Milestone
from grants.payouts.services.due import accept_milestone, waiting_for, waive_milestone
from grants.reports.way import way_of


class Answer(VerbForm):
    answer = forms.CharField(
        label=gettext_lazy("Words to the grantee"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WhatIsMissing(VerbForm):
    answer = forms.CharField(
        label=gettext_lazy("What is missing"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def of_award(verb: str, *states: str) -> Callable:
    """As by the lifecycle, while the award is in force or in one of the states."""
    is_possible, at_work = by_lifecycle(verb), (*IN_FORCE, *states)
    return lambda milestone: is_possible(milestone) and milestone.award.state in at_work


VERBS = [
    Verb(
        "accept",
        gettext_lazy("Accept the report"),
        gettext_lazy("The milestone is accepted."),
        "judge_milestone",
        accept_milestone,
        Answer,
        tone="primary",
        is_possible=of_award("accept"),
    ),
    Verb(
        "return",
        gettext_lazy("Ask for more"),
        gettext_lazy("The grantee is asked for more."),
        "judge_milestone",
        services.return_report,
        WhatIsMissing,
        is_possible=of_award("return", AwardState.SUSPENDED),
    ),
    Verb(
        "waive",
        gettext_lazy("Waive the milestone"),
        gettext_lazy("The milestone is waived; its amount went back to the round."),
        "judge_milestone",
        waive_milestone,
        WithReason,
        tone="danger",
        is_possible=of_award("waive", AwardState.SUSPENDED),
    ),
]


class MilestoneFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("late", gettext_lazy("Late")),
            *MilestoneState.choices,
        ],
    )

    def narrow(self, rows):
        state = self.is_valid() and self.cleaned_data["state"]
        if state == "late":
            return rows.overdue()
        return rows.filter(state=state) if state else rows


def seen_by(user):
    rows = Milestone.objects.visible_to(user).filter(~kept_from(user, "award__application__"))
    return rows.select_related(
        "award__application__round__program__fund", "award__application__organisation"
    )


@desk.page(
    "milestones/",
    name="milestone-list",
    roles=DESK_READERS,
    section="awards",
    menu=gettext_lazy("Milestones"),
)
def milestone_list(request):
    form = MilestoneFilter(request.GET)
    context = {"page": page_of(request, form.narrow(seen_by(request.user))), "form": form}
    return desk.render(request, "admin/desk/milestones.html", context, title=_("Milestones"))


@desk.page("milestones/<int:pk>/", name="milestone-detail", roles=DESK_READERS, section="awards")
def milestone_detail(request, pk):
    return _page(request, get_object_or_404(seen_by(request.user), pk=pk))


@desk.page(
    "milestones/<int:pk>/<slug:verb>/",
    name="milestone-verb",
    roles=DESK_READERS,
    section="awards",
)
def milestone_verb(request, pk, verb):
    milestone = get_object_or_404(seen_by(request.user), pk=pk)
    back = reverse("admin:milestone-detail", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(back)
    done = carry_out(request, milestone, VERBS, verb, back=back)
    if isinstance(done, HttpResponseRedirect):
        return done
    return _page(request, get_object_or_404(seen_by(request.user), pk=pk), done)


def _page(request, milestone: Milestone, refused=None):
    application = milestone.award.application
    payouts = milestone.payouts.visible_to(request.user).order_by("pk")
    context = {
        "milestone": milestone,
        "award": milestone.award,
        "application": application,
        "evidence": milestone.evidence.select_related("document").order_by("pk"),
        "payouts": list(payouts),
        "lacking": waiting_for(milestone.award) if milestone.state == "accepted" else [],
        "way": way_of(application),
        "refused": refused,
        "offers": offers(
            milestone,
            request.user,
            VERBS,
            lambda verb: reverse("admin:milestone-verb", args=[milestone.pk, verb]),
            refused,
        ),
    }
    trail = [(_("Milestones"), reverse("admin:milestone-list"))]
    return desk.render(
        request, "admin/desk/milestone.html", context, title=milestone.reference, trail=trail
    )


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyAdmin):
    section = "awards"
    view_permission = "view_milestone"
    list_display = ["award", "number", "__str__", "amount", "due_on", "state"]
    list_select_related = ["award"]
    list_filter = ["state"]
    fields = [
        "award", "number", "title_zh", "title_en", "amount", "due_on", "state", "report", "answer",
        "submitted_at", "accepted_at",
    ]  # fmt: skip
