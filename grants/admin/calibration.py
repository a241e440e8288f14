"""The calibration of a round: what it found of each reviewer, and asking for it again."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.programs.models import Round
from grants.reviews.calibration.model import FORMULA, RIDGE
from grants.reviews.calibration.stability import BOOTSTRAPS
from grants.reviews.models import CalibrationRun, ReviewerStanding
from grants.reviews.selectors import is_stale, latest_run
from grants.reviews.services.calibrating import ask_calibration

# Points of severity at which the picture is full to one side.
WIDEST = 20


def round_of(request, slug: str) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    return get_object_or_404(rounds, slug=slug)


def newest(round: Round) -> CalibrationRun | None:
    return round.calibrations.order_by("-number").first()


@dataclass(frozen=True)
class Bar:
    """A mark in a picture 100 wide, from the middle for severity, from the left for agreement."""

    start: float
    width: float


def severity_bar(standing: ReviewerStanding) -> Bar:
    part = min(abs(float(standing.severity)) / WIDEST, 1) * 50
    return Bar(50 if standing.severity >= 0 else 50 - part, part)


def agreement_bar(standing: ReviewerStanding) -> Bar | None:
    if standing.agreement is None:
        return None
    return Bar(0, max(float(standing.agreement), 0) * 100)


@desk.page(
    "rounds/<slug:slug>/calibration/",
    name="calibration",
    permission="view_calibration",
    section="rounds",
)
def calibration(request, slug):
    """Reviewers by severity, the strictest first."""
    round = round_of(request, slug)
    run = latest_run(round)
    standings = ReviewerStanding.objects.visible_to(request.user).filter(run=run)
    page = page_of(request, standings.select_related("reviewer"))
    for row in page:
        row.severity_bar, row.agreement_bar = severity_bar(row), agreement_bar(row)
    context = {
        "round": round,
        "run": run,
        "newest": newest(round),
        "is_stale": run is not None and is_stale(run),
        "page": page,
        "may_calibrate": request.user.has_perm("grants.calibrate", round),
    }
    trail = [
        (_("Rounds"), reverse("admin:round-list")),
        (round.title, reverse("admin:round-detail", args=[slug])),
    ]
    return desk.render(
        request, "admin/desk/calibration.html", context, title=_("Calibration"), trail=trail
    )


@desk.page(
    "rounds/<slug:slug>/calibration/progress/",
    name="calibration-progress",
    permission="view_calibration",
    section="rounds",
)
def progress(request, slug):
    """The part that tells how far the newest run is; it asks again until that has ended."""
    round = round_of(request, slug)
    context = {
        "round": round,
        "newest": newest(round),
        "may_calibrate": request.user.has_perm("grants.calibrate", round),
    }
    return render(request, "admin/desk/_calibration_run.html", context)


@desk.page(
    "rounds/<slug:slug>/calibration/again/",
    name="calibration-again",
    permission="calibrate",
    section="rounds",
)
@require_POST
def again(request, slug):
    round = round_of(request, slug)
    ask_calibration(round, by=request.user)
    messages.success(request, _("The calibration has been asked for. You may leave this page."))
    return HttpResponseRedirect(reverse("admin:calibration", args=[slug]))


@desk.page(
    "my-calibration/",
    name="my-calibration",
    permission="view_own_calibration",
    section="reviews",
    menu=gettext_lazy("My calibration"),
    order=90,
)
def my_calibration(request):
    """A reviewer's own figures, of the latest run of each round."""
    latest = CalibrationRun.objects.filter(state="done").order_by("round", "-number")
    rows = ReviewerStanding.objects.filter(
        reviewer=request.user, run__in=latest.distinct("round").values("pk")
    )
    page = page_of(request, rows.select_related("run__round"))
    for row in page:
        row.severity_bar, row.agreement_bar = severity_bar(row), agreement_bar(row)
        row.size = abs(row.severity)
    return desk.render(
        request, "admin/desk/my_calibration.html", {"page": page}, title=_("My calibration")
    )


@desk.page(
    "calibration-explained/",
    name="calibration-help",
    permission="view_assignment",
    section="reviews",
)
def explained(request):
    """How scores are calibrated, in plain words and as a formula."""
    return desk.render(
        request,
        "admin/desk/calibration_help.html",
        {"formula": FORMULA, "ridge": RIDGE, "bootstraps": BOOTSTRAPS},
        title=_("How scores are calibrated"),
    )
