"""The board of a round: the ranking with the line of the budget, its filters, and its files."""

from urllib.parse import urlencode

from django import forms
from django.core.cache import cache
from django.http import FileResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.forms import show_refusal
from grants.admin.paging import PAGE, Slice
from grants.admin.reports import TYPES
from grants.admin.rounds import seen
from grants.admin.site import desk
from grants.awards.lifecycle import DecisionState
from grants.core.errors import Refused
from grants.programs.models import Round
from grants.reports.board import Board, BoardChoice, BoardRow, categories_of
from grants.reports.board_files import export_board
from grants.reports.exports import Format
from grants.reports.standings import NOBODY_IN
from grants.reviews.selectors import is_stale

LONGEST = 10
STALE_SECONDS = 30


class BoardFilter(forms.Form):
    search = forms.CharField(
        label=gettext_lazy("Reference, title, applicant or words of an answer"),
        required=False,
        max_length=100,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("undecided", gettext_lazy("Nothing proposed yet")),
            *DecisionState.choices[:3],
        ],
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    band = forms.ChoiceField(
        label=gettext_lazy("Line of the budget"),
        required=False,
        choices=[
            ("", gettext_lazy("Above and below")),
            ("above", gettext_lazy("Above the line")),
            ("below", gettext_lazy("Below the line")),
        ],
    )
    only = forms.ChoiceField(
        label=gettext_lazy("Only"),
        required=False,
        choices=[
            ("", gettext_lazy("Everything")),
            ("unsure", gettext_lazy("Could change sides")),
            ("disagree", gettext_lazy("Reviewers disagree")),
        ],
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=[
            ("", gettext_lazy("Calibrated score")),
            ("raw", gettext_lazy("Raw score")),
        ],
    )

    def __init__(self, round: Round, data):
        super().__init__(data)
        self.categories = categories_of(round)
        if self.categories:
            everything = ("", _("All categories"))
            self.fields["category"].choices = [everything, *self.categories.items()]
        else:
            del self.fields["category"]

    def choice(self) -> BoardChoice:
        values = dict(self.cleaned_data) if self.is_valid() else {}
        by_raw = values.pop("order", "") == "raw"
        return BoardChoice(**values, by_raw=by_raw)

    def query(self) -> str:
        pairs = [(name, self.data.get(name, "")) for name in self.fields]
        return urlencode([(name, value) for name, value in pairs if value and "\0" not in value])


@desk.page("rounds/<slug:slug>/board/", name="board", permission="view_board", section="rounds")
def board_page(request, slug):
    round = seen(request, slug)
    form = BoardFilter(round, request.GET)
    board = Board(round, request.user, form.choice(), form.categories)
    page = _page(request, board, form)
    rows: list[BoardRow] = page.rows
    context = {
        "round": round,
        "form": form,
        "board": board,
        "page": page,
        "run": board.run,
        "is_stale": bool(board.run and _is_stale(board.run, round)),
        "has_line": board.last_in != NOBODY_IN,
        "left": round.budget - board.last_in.total,
        "line_shown": any(row.line for row in rows),
        "formats": Format.choices,
        "query": form.query(),
        "may_lead": request.user.has_perm("grants.lead_meeting"),
        "tabs": tabs_of(round, "board"),
    }
    return desk.render(
        request, "admin/desk/board.html", context, title=_("Board"), trail=trail_of(round)
    )


def _is_stale(run, round: Round) -> bool:
    """As it was within the last half minute: to know it, all reviews of the round are read."""
    run.round = round
    return cache.get_or_set(f"stale-{run.pk}", lambda: is_stale(run), STALE_SECONDS)


def trail_of(round: Round) -> list[tuple[str, str]]:
    detail = reverse("admin:round-detail", args=[round.slug])
    return [(_("Rounds"), reverse("admin:round-list")), (round.title, detail)]


def tabs_of(round: Round, current: str) -> list[dict]:
    """What there is about the ranking of a round."""
    pages = {
        "board": _("Board"),
        "board-cut": _("Try a cut"),
        "board-plots": _("Plots"),
        "fairness": _("Fairness"),
        "meeting-list": _("Meetings"),
    }
    return [
        {
            "label": label,
            "url": reverse(f"admin:{name}", args=[round.slug]),
            "current": name == current,
        }
        for name, label in pages.items()
    ]


def _page(request, board: Board, form: BoardFilter) -> Slice:
    """The rows past `?after=` or before `?before=`, each `<rank>.<number>`."""
    after, before = (_key(request.GET.get(name, "")) for name in ("after", "before"))
    try:
        found = board.page(before or after, backward=bool(before), size=PAGE)
    except Refused as refused:
        show_refusal(form, refused)
        found = []
    has_more = len(found) > PAGE
    shown = found[-PAGE:] if before else found[:PAGE]
    has_previous = has_more if before else bool(after and shown)
    has_following = bool(shown) if before else has_more
    column = board.ranking.column
    return Slice(
        board.rows(shown) if shown else [],
        _link(request, "before", shown[0], column) if has_previous else None,
        _link(request, "after", shown[-1], column) if has_following else None,
    )


def _key(text: str) -> tuple[int, int] | None:
    rank, _point, number = text.partition(".")
    parts = (rank, number)
    if all(part.isascii() and part.isdecimal() for part in parts) and len(rank) <= LONGEST - 1:
        return (int(rank), int(number)) if len(number) < 2 * LONGEST - 1 else None
    return None


def _link(request, name: str, row, column: str) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = f"{getattr(row, column)}.{row.pk}"
    return f"{request.path}?{query.urlencode()}"


@desk.page(
    "rounds/<slug:slug>/board/export/",
    name="board-export",
    permission="view_board",
    section="rounds",
)
@require_POST
def board_export(request, slug):
    round = seen(request, slug)
    wanted = request.POST.get("format", "")
    form = BoardFilter(round, request.POST)
    back = reverse("admin:board", args=[slug])
    if wanted not in Format.values or not form.is_valid():
        return redirect(back)
    file = export_board(round, form.choice(), wanted, by=request.user)
    name = f"board-{round.slug}-{timezone.localtime():%Y%m%d-%H%M}.{wanted}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[wanted])
