"""The fairness report of a round, and its file."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.admin.board import tabs_of, trail_of
from grants.admin.rounds import seen
from grants.admin.site import desk
from grants.reports.fairness import export_fairness, fairness_of


@desk.page(
    "rounds/<slug:slug>/fairness/", name="fairness", permission="view_board", section="rounds"
)
def fairness_page(request, slug):
    round = seen(request, slug)
    context = {
        "round": round,
        "report": fairness_of(round, request.user),
        "tabs": tabs_of(round, "fairness"),
    }
    return desk.render(
        request, "admin/desk/fairness.html", context, title=_("Fairness"), trail=trail_of(round)
    )


@desk.page(
    "rounds/<slug:slug>/fairness/export/",
    name="fairness-export",
    permission="view_board",
    section="rounds",
)
@require_POST
def fairness_export(request, slug):
    round = seen(request, slug)
    return HttpResponse(
        export_fairness(round, by=request.user),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="fairness-{round.slug}.csv"'},
    )
