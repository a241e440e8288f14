"""The rounds: where each stands, what it still lacks, its money, opening and closing it."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Sum
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.applications.lifecycle import ApplicationState
from grants.applications.models import kept_from
from grants.awards.models import Award
from grants.core.money import ZERO
from grants.ledger.models import LedgerAccount, Place
from grants.programs.models import Question, Round
from grants.programs.services import close_round, missing_for_opening, open_round


@dataclass(frozen=True)
class BudgetLine:
    """What the books say of a round's money."""

    budget: Decimal
    left: Decimal
    awarded: Decimal


def left_in(round: Round) -> Decimal:
    """What the round may still award, from the books."""
    rows = LedgerAccount.objects.filter(place=Place.ALLOCATED, owner=round.slug)
    return next(iter(rows.values_list("balance", flat=True)), ZERO)


def budget_line(round: Round) -> BudgetLine:
    """`awarded` is committed to awards or already on its way out or paid."""
    owners = Award.objects.filter(application__round=round).values("reference")
    places = [Place.COMMITTED, Place.PAYABLE, Place.PAID]
    rows = LedgerAccount.objects.filter(place__in=places, owner__in=owners)
    committed = rows.aggregate(total=Sum("balance"))["total"] or ZERO
    return BudgetLine(round.budget, left_in(round), committed)


@desk.page(
    "rounds/",
    name="round-list",
    permission="manage_rounds",
    section="rounds",
    menu=gettext_lazy("Rounds"),
)
def round_list(request):
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    context = {
        "page": page_of(request, rounds),
        "may_add": request.user.has_perm("grants.change_round"),
    }
    return desk.render(request, "admin/desk/rounds.html", context, title=_("Rounds"))


def seen(request, slug: str) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    return get_object_or_404(rounds, slug=slug)


@desk.page("rounds/<slug:slug>/", name="round-detail", permission="manage_rounds", section="rounds")
def round_detail(request, slug):
    round = seen(request, slug)
    version = round.form
    questions = Question.objects.order_by("position")
    sections = version.sections.prefetch_related(Prefetch("questions", questions))
    may_change = request.user.has_perm("grants.change_round") and round.is_editable
    counts = (
        round.applications.exclude(submitted_at=None)
        .filter(~kept_from(request.user))
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    words = dict(ApplicationState.choices)
    context = {
        "round": round,
        "version": version,
        "form_sections": list(sections),
        "criteria": list(round.criteria.all()),
        "planned": list(round.planned_milestones.all()),
        "missing": missing_for_opening(round) if round.state == "draft" else [],
        "line": budget_line(round),
        "counts": [(state, words[state], number) for state, number in sorted(counts)],
        "may_change": may_change,
        "may_change_form": may_change and version.published_at is None,
        "verbs": verbs_of(round, request.user),
    }
    trail = [(_("Rounds"), reverse("admin:round-list"))]
    return desk.render(request, "admin/desk/round.html", context, title=round.title, trail=trail)


def verbs_of(round: Round, user) -> list[str]:
    """What the person can do with the round now; one that is scheduled opens by itself."""
    if not user.has_perm("grants.open_round", round):
        return []
    if round.state == "scheduled" and round.opens_at > timezone.now():
        return []
    return [verb for verb in ("open", "close") if round.lifecycle.allows(round.state, verb)]


@desk.page(
    "rounds/<slug:slug>/<slug:verb>/",
    name="round-verb",
    permission="manage_rounds",
    section="rounds",
)
def round_verb(request, slug, verb):
    """Asks before a round is opened or closed; a POST does it."""
    round = seen(request, slug)
    if verb not in ("open", "close"):
        raise Http404
    if not request.user.has_perm("grants.open_round", round):
        raise PermissionDenied
    back = reverse("admin:round-detail", args=[round.slug])
    if request.method == "POST":
        if verb == "open":
            open_round(round, by=request.user)
        else:
            close_round(round, by=request.user)
        told = _("“%(round)s” is now: %(state)s.")
        messages.success(request, told % {"round": round.title, "state": round.get_state_display()})
        return HttpResponseRedirect(back)
    if verb not in verbs_of(round, request.user):
        return HttpResponseRedirect(back)
    context = {
        "round": round,
        "verb": verb,
        "missing": missing_for_opening(round) if round.state == "draft" else [],
        "back": back,
    }
    trail = [(_("Rounds"), reverse("admin:round-list")), (round.title, back)]
    title = _("Open this round?") if verb == "open" else _("Close this round now?")
    return desk.render(request, "admin/desk/round_verb.html", context, title=title, trail=trail)
