"""The screening of a round: what failed with its evidence, the run, and what officers decide."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.applications.models import Application, kept_from
from grants.programs.models import Round
from grants.reports.case_list import UNCHECKED
from grants.screening import words
from grants.screening.lifecycle import CheckOutcome, ScreeningOutcome
from grants.screening.models import EligibilityCheck, ScreeningRun
from grants.screening.selectors import UNDECIDED, as_read_by, rules_of, shown_checks, undecided
from grants.screening.services import deciding, running


@desk.page(
    "screening/",
    name="screening-list",
    permission="view_checks",
    section="applications",
    menu=gettext_lazy("Screening"),
    order=20,
)
def screening_list(request):
    """The rounds, each with what waits for the screening."""
    seen = Q(applications__in=Application.objects.filter(~kept_from(request.user)))
    waiting = Count("applications", filter=seen & Q(applications__state__in=UNDECIDED))
    rounds = Round.objects.visible_to(request.user).exclude(state="archived")
    context = {"page": page_of(request, rounds.annotate(waiting=waiting))}
    return desk.render(request, "admin/desk/screenings.html", context, title=_("Screening"))


def round_of(request, slug: str) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    return get_object_or_404(rounds, slug=slug)


class BoardFilter(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Checks"),
        required=False,
        choices=[
            ("", gettext_lazy("All outcomes")),
            *ScreeningOutcome.choices,
            (UNCHECKED, gettext_lazy("Not checked yet")),
        ],
    )

    def narrow(self, rows):
        outcome = self.cleaned_data["outcome"] if self.is_valid() else ""
        if not outcome:
            return rows
        return rows.filter(screening__outcome=None if outcome == UNCHECKED else outcome)


@desk.page(
    "screening/<slug:slug>/",
    name="screening-board",
    permission="view_checks",
    section="applications",
)
def board(request, slug):
    """What is not decided yet, but for the applications with a conflict."""
    round, user = round_of(request, slug), request.user
    form = BoardFilter(request.GET)
    rows = undecided(round).filter(~kept_from(user))
    page = page_of(
        request, form.narrow(rows).select_related("organisation", "screening", "listing")
    )
    shown = shown_checks(page, user)
    for row in page:
        checks = shown.get(row.pk, [])
        row.told = [each for each in checks if each.check.outcome != CheckOutcome.PASSED]
        row.passed = len(checks) - len(row.told)
    rules = rules_of(round)
    context = {
        "round": round,
        "form": form,
        "page": page,
        "rules": [(rule, words.asked(rule)) for rule in rules],
        "query": urlencode({"round": slug, "outcome": form["outcome"].value() or ""}),
        "run": _run_of(round),
        "may_run": user.has_perm("grants.run_screening", round),
        "may_decide": user.has_perm("grants.screen_application"),
    }
    trail = [(_("Screening"), reverse("admin:screening-list"))]
    return desk.render(
        request, "admin/desk/screening.html", context, title=round.title, trail=trail
    )


def _run_of(round: Round) -> ScreeningRun | None:
    return round.screening_runs.order_by("-pk").first()


@desk.page(
    "screening/<slug:slug>/progress/",
    name="screening-progress",
    permission="view_checks",
    section="applications",
)
def progress(request, slug):
    """The part of the board that tells how far the run is; it asks again until it is done."""
    round = round_of(request, slug)
    context = {
        "round": round,
        "run": _run_of(round),
        "may_run": request.user.has_perm("grants.run_screening", round),
    }
    return render(request, "admin/desk/_run.html", context)


@desk.page(
    "screening/<slug:slug>/run/<slug:verb>/",
    name="screening-run",
    permission="run_screening",
    section="applications",
)
@require_POST
def run_verb(request, slug, verb):
    round = round_of(request, slug)
    back = reverse("admin:screening-board", args=[slug])
    if verb == "start":
        running.start_run(round, by=request.user)
        messages.success(request, _("The screening has started. You may leave this page."))
        return HttpResponseRedirect(back)
    services = {"stop": running.stop_run, "resume": running.resume_run}
    run = _run_of(round)
    if verb not in services or run is None:
        raise Http404
    services[verb](run, by=request.user)
    return HttpResponseRedirect(back)


class OverrideForm(VerbForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            (CheckOutcome.PASSED, CheckOutcome.PASSED.label),
            (CheckOutcome.FAILED, CheckOutcome.FAILED.label),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


@desk.page(
    "checks/<slug:reference>/<int:rule>/",
    name="check-detail",
    permission="view_checks",
    section="applications",
)
def check_detail(request, reference, rule):
    """One rule of one application: what was found, by whom, and an officer's own decision."""
    user = request.user
    visible = EligibilityCheck.objects.visible_to(user).filter(rule=rule)
    history = list(
        visible.filter(application__reference=reference)
        .select_related("rule__round", "decided_by", "application__organisation")
        .order_by("-pk")
    )
    if not history:
        raise Http404
    application, asked = history[0].application, history[0].rule
    may_override = (
        user.has_perm("grants.screen_application", application)
        and application.state in UNDECIDED
        and asked.removed_at is None
    )
    form = OverrideForm(request.POST or None)
    if request.method == "POST":
        if not user.has_perm("grants.screen_application", application):
            raise PermissionDenied
        if form.carry_out(deciding.override, application, asked, by=user):
            messages.success(request, _("Your decision stands."))
            return HttpResponseRedirect(
                reverse("admin:application-detail", args=[reference]) + "#checks"
            )
    context = {
        "application": application,
        "rule": asked,
        "asked": words.asked(asked),
        "history": [(check, words.found(check)) for check in as_read_by(user, history)],
        "form": form if may_override or form.is_bound else None,
    }
    board_url = reverse("admin:screening-board", args=[asked.round.slug])
    trail = [
        (_("Screening"), board_url),
        (reference, reverse("admin:application-detail", args=[reference])),
    ]
    return desk.render(request, "admin/desk/check.html", context, title=str(asked), trail=trail)


def checks_of(application: Application, user) -> dict:
    """What the page of an application shows of its screening, as far as the person may see it."""
    if not user.has_perm("grants.view_checks", application):
        return {"checks": [], "signals": []}
    signals = application.signals.model.objects.filter(
        Q(application=application) | Q(organisation=application.organisation_id)
    )
    return {
        "checks": shown_checks([application], user).get(application.pk, []),
        "signals": list(signals.select_related("batch").order_by("name", "-as_of", "-pk")[:20]),
    }
