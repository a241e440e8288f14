"""Plots of a round's scores, each beside the table that says the same."""

from django.utils.translation import gettext as _

from grants.admin.board import tabs_of, trail_of
from grants.admin.rounds import seen
from grants.admin.site import desk
from grants.applications.models import Application
from grants.reports.plots import around_line, as_numbers, distribution, severities
from grants.reports.standings import ranking_of


@desk.page(
    "rounds/<slug:slug>/board/plots/",
    name="board-plots",
    permission="view_board",
    section="rounds",
)
def plots_page(request, slug):
    round = seen(request, slug)
    ranking = ranking_of(round, request.user)
    last_in = ranking.last_in(round.budget)
    standings = ranking.everything()
    bins, near, strict = (
        distribution(standings),
        around_line(standings, last_in),
        severities(ranking),
    )
    names = dict(
        Application.objects.filter(pk__in=[row.application_id for row in near]).values_list(
            "pk", "reference"
        )
    )
    near = [(names[row.application_id], row) for row in near]
    context = {
        "round": round,
        "bins": bins,
        "near": near,
        "strict": strict,
        "has_calibrated": ranking.run is not None,
        "last_above": names_last(near, last_in.number, len(standings)),
        "tabs": tabs_of(round, "board-plots"),
        "plots": {
            "scores": _scores(bins, has_calibrated=ranking.run is not None),
            "severity": {
                "kind": "bars",
                "labels": [str(row.reviewer) for row in strict],
                "series": [
                    {
                        "name": _("Severity in points"),
                        "values": as_numbers([row.severity for row in strict]),
                    }
                ],
            },
            "intervals": {
                "kind": "intervals",
                "labels": [name for name, _row in near],
                "name": _("Calibrated score"),
                "low": as_numbers([row.low for _name, row in near]),
                "middle": as_numbers([row.calibrated for _name, row in near]),
                "high": as_numbers([row.high for _name, row in near]),
                "line": _("The budget ends here"),
                "after": min(last_in.number, 20),
            },
        },
    }
    return desk.render(
        request, "admin/desk/plots.html", context, title=_("Plots"), trail=trail_of(round)
    )


def names_last(near: list, number: int, total: int) -> str:
    """The reference of the last application above the line; empty where all or none are."""
    place = min(number, 20)
    return near[place - 1][0] if near and 0 < number < total and place <= len(near) else ""


def _scores(bins, *, has_calibrated: bool) -> dict:
    series = [{"name": _("Raw score"), "values": [one.raw for one in bins]}]
    if has_calibrated:
        more = {"name": _("Calibrated score"), "values": [one.calibrated for one in bins]}
        series.append(more)
    return {"kind": "columns", "labels": [one.label for one in bins], "series": series}
