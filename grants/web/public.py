"""The pages that need no account: the fund, its rounds, and the register of awards."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Award
from grants.programs.lifecycle import RoundState
from grants.programs.models import Round
from grants.reports.glance import Glance, glances
from grants.web.application import with_next_steps
from grants.web.paging import newest_first

PAST_ROUNDS = 10
OPEN_ROUNDS = 60
IN_REGISTER = ("accepted", "active", "completed")
LOOKED_AT = 20


def home(request: HttpRequest) -> HttpResponse:
    rounds = Round.objects.public().select_related("program__fund")
    open_now = list(rounds.open_now().order_by("closes_at")[:OPEN_ROUNDS])
    ahead = rounds.filter(state=RoundState.SCHEDULED, closes_at__gt=timezone.now())
    past = rounds.exclude(pk__in=[round.pk for round in open_now]).exclude(
        state=RoundState.SCHEDULED
    )
    context = {
        "glances": [(glance, _parts(glance)) for glance in glances()],
        "open_rounds": open_now,
        "coming_rounds": ahead.order_by("opens_at")[:PAST_ROUNDS],
        "past_rounds": past.order_by("-closes_at")[:PAST_ROUNDS],
        "waiting": _waiting_for(request.user),
    }
    return render(request, "public/home.html", context)


def _parts(glance: Glance) -> list[dict]:
    """The capital in its parts, from what was paid on; `x` and `width` are shares of 1,000."""
    words = {
        "paid": _("Paid out"),
        "promised": _("Promised, not paid yet"),
        "in_rounds": _("In rounds, not awarded yet"),
        "available": _("Free for new rounds"),
    }
    parts, x = [], 0
    for key, label in words.items():
        amount = getattr(glance, key)
        width = int(amount * 1000 / glance.capital)
        if amount and not width:
            width = 2
        parts.append({"key": key, "label": label, "amount": amount, "x": x, "width": width})
        x += width
    return parts


def _waiting_for(user) -> list[Application]:
    """The newest of the person's applications in which it is their turn."""
    if not user.is_authenticated:
        return []
    newest = Application.objects.of_applicant(user).order_by("-pk")[:LOOKED_AT]
    return [row for row in with_next_steps(newest) if row.next_step.is_yours]


def round_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    round = get_object_or_404(rounds, slug=slug)
    criteria = list(round.criteria.all())
    weight = sum(criterion.weight for criterion in criteria)
    context = {
        "round": round,
        "sections": round.form.sections.prefetch_related("questions"),
        "criteria": [(criterion, 100 * criterion.weight / weight) for criterion in criteria],
        "milestones": round.planned_milestones.all(),
    }
    return render(request, "public/round.html", context)


def award_register(request: HttpRequest) -> HttpResponse:
    awards = Award.objects.filter(state__in=IN_REGISTER).select_related(
        "application__organisation", "application__round__program__fund"
    )
    return render(request, "public/awards.html", {"page": newest_first(awards, request)})
