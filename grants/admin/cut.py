"""Trying a cut: another budget, a floor, minimums, smaller amounts; who comes in or falls out."""

from decimal import Decimal

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.board import tabs_of, trail_of
from grants.admin.rounds import seen
from grants.admin.site import desk
from grants.applications.models import Application
from grants.core.numbers import NumberField
from grants.programs.models import Round
from grants.reports.board import categories_of
from grants.reports.cut import Cut, Drawn, Line, Why, draw
from grants.reports.standings import candidates_of, ranking_of

MOST_SHOWN = 60
NUMBER = forms.TextInput({"inputmode": "decimal", "class": "num"})
WHY = {
    Why.RANK: gettext_lazy("Above the line"),
    Why.MINIMUM: gettext_lazy("Minimum of its category"),
    Why.FLOOR: gettext_lazy("Below the floor"),
    Why.REVIEWS: gettext_lazy("Too few reviews"),
    Why.BUDGET: gettext_lazy("Below the line"),
}


class CutForm(forms.Form):
    """Every field is a parameter of the address, so that a cut can be sent to a colleague."""

    budget = NumberField(
        label=gettext_lazy("Budget"),
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=0,
        widget=NUMBER,
    )
    floor = NumberField(
        label=gettext_lazy("Least score (0 to 100)"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        widget=NUMBER,
    )
    reviews = forms.IntegerField(
        label=gettext_lazy("Least number of reviews"), required=False, min_value=0, max_value=99
    )
    percent = NumberField(
        label=gettext_lazy("Of what is asked for, percent"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=1,
        max_value=100,
        widget=NUMBER,
    )
    cap = NumberField(
        label=gettext_lazy("At most for each"),
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=0,
        widget=NUMBER,
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
        self.round = round
        self.categories = categories_of(round)
        for value, label in self.categories.items():
            self.fields[f"min-{value}"] = forms.IntegerField(
                label=_("At least, of “%(category)s”") % {"category": label},
                required=False,
                min_value=0,
                max_value=9999,
            )

    @property
    def is_by_raw(self) -> bool:
        return self.is_valid() and self.cleaned_data["order"] == "raw"

    def cut(self) -> Cut:
        """What the form says; the round's own line where it says nothing, or nonsense."""
        given = self.cleaned_data if self.is_valid() else {}
        budget, percent = given.get("budget"), given.get("percent")
        minimums = {value: given.get(f"min-{value}") or 0 for value in self.categories}
        return Cut(
            budget=self.round.budget if budget is None else budget,
            floor=given.get("floor"),
            least_reviews=given.get("reviews") or 0,
            minimums={value: number for value, number in minimums.items() if number},
            factor=Decimal(1) if percent is None else percent / 100,
            cap=given.get("cap"),
            least=self.round.award_min,
        )


@desk.page(
    "rounds/<slug:slug>/board/cut/", name="board-cut", permission="view_board", section="rounds"
)
def cut_page(request, slug):
    """The cut that the address asks for, beside the line as it is now."""
    round = seen(request, slug)
    form = CutForm(round, request.GET)
    ranking = ranking_of(round, request.user, by_raw=form.is_by_raw)
    candidates = candidates_of(round, request.user, ranking)
    tried = draw(candidates, form.cut())
    present = draw(candidates, Cut(round.budget))
    entering, leaving = tried.entering(present), present.entering(tried)
    shown = _shown(tried, entering | leaving)
    context = {
        "round": round,
        "form": form,
        "tried": tried,
        "present": present,
        "entering": entering,
        "leaving": leaving,
        "rows": _rows(shown, candidates, entering, leaving),
        "is_cut_short": len(shown) < len(tried.drawn),
        "funded": _references(tried) if request.user.has_perm("grants.propose_decision") else [],
        "propose_url": _bulk_page(),
        "run": ranking.run,
        "tabs": tabs_of(round, "board-cut"),
    }
    return desk.render(
        request, "admin/desk/cut.html", context, title=_("Try a cut"), trail=trail_of(round)
    )


def _bulk_page() -> str:
    """Where decisions are proposed for many at once; empty where the desk has no such page."""
    try:
        return reverse("admin:decision-bulk")
    except NoReverseMatch:
        return ""


def _shown(line: Line, changed: set[int]) -> list[Drawn]:
    """All that change sides, and as many others, from the top, as a page bears."""
    room = MOST_SHOWN - len(changed)
    found = []
    for row in line.drawn:
        if row.key in changed:
            found.append(row)
        elif room > 0:
            room -= 1
            found.append(row)
    return found


def _rows(shown: list[Drawn], candidates, entering: set[int], leaving: set[int]) -> list[dict]:
    cases = Application.objects.select_related("organisation").in_bulk([row.key for row in shown])
    asked = {one.key: (place, one) for place, one in enumerate(candidates, start=1)}
    return [
        {
            "place": asked[row.key][0],
            "case": cases[row.key],
            "score": asked[row.key][1].score,
            "drawn": row,
            "why": WHY[row.why],
            "enters": row.key in entering,
            "leaves": row.key in leaving,
        }
        for row in shown
    ]


def _references(line: Line) -> list[str]:
    """Of what is funded and still in review, in the order of the ranking."""
    cases = Application.objects.filter(pk__in=line.funded, state="in_review")
    names = dict(cases.values_list("pk", "reference"))
    return [names[row.key] for row in line.drawn if row.is_in and row.key in names]
