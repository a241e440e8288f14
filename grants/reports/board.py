"""The board of a round: all its applications ranked, with the line of the budget."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Value
from django.utils.translation import gettext as _

from grants.applications.listing import SHORTEST_WORD, HasPairs
from grants.applications.models import Application
from grants.awards.models import Decision
from grants.core.bilingual import pick
from grants.core.errors import Refused
from grants.core.money import to_fen
from grants.programs.models import Question, Round
from grants.reports.standings import (
    Calibrated,
    LastIn,
    Place,
    Raw,
    beyond,
    on_board,
    ranking_of,
)
from grants.reviews.models import Review

DISAGREE = Decimal(20)
SURE = (0.1, 0.9)
MOST_WORDS = 8


@dataclass(frozen=True)
class BoardChoice:
    """What is shown, in which order; what is empty filters nothing."""

    search: str = ""
    state: str = ""
    category: str = ""
    band: str = ""  # above or below the line
    only: str = ""  # unsure or disagree
    by_raw: bool = False

    def as_data(self) -> dict:
        return {name: value for name, value in self.__dict__.items() if value}


@dataclass
class BoardRow:
    """One line of the board. `line` says that the budget ends below it."""

    application: Application
    standing: Any
    place: Place
    category: str = ""
    decision: Decision | None = None
    recommendations: Counter = field(default_factory=Counter)
    recommended: Decimal | None = None
    line: bool = False

    @property
    def is_unsure(self) -> bool:
        return unsure(self.standing)

    @property
    def disagrees(self) -> bool:
        return self.standing.spread is not None and self.standing.spread >= DISAGREE

    @property
    def share(self) -> int | None:
        """The share of draws in which it is funded, in percent."""
        share = self.standing.funded_share
        return None if share is None else round(share * 100)


def unsure(standing) -> bool:
    """Another draw of noise, or one reviewer less, could move it over the line."""
    share = standing.funded_share
    return bool(standing.flips) or (share is not None and SURE[0] < share < SURE[1])


class Board:
    """What one person sees of a round's ranking."""

    def __init__(
        self, round: Round, user, choice: BoardChoice, categories: dict[str, str] | None = None
    ):
        self.round, self.user, self.choice = round, user, choice
        self.ranking: Calibrated | Raw = ranking_of(round, user, by_raw=choice.by_raw)
        self._last_in: LastIn | None = None
        self.categories = categories_of(round) if categories is None else categories

    @property
    def run(self):
        return self.ranking.run

    @property
    def last_in(self) -> LastIn:
        if self._last_in is None:
            self._last_in = self.ranking.last_in(self.round.budget)
        return self._last_in

    def page(self, key: tuple[int, int] | None, *, backward: bool, size: int) -> list:
        """Standings past the key (rank and number), and one more where there is one."""
        if isinstance(self.ranking, Raw):
            return self._raw_page(key, backward=backward, size=size)
        rows = self._narrowed(self.ranking)
        column = self.ranking.column
        if key:
            rows = beyond(rows, column, *key, "lt" if backward else "gt")
        order = [f"-{column}", "-pk"] if backward else [column, "pk"]
        found = list(rows.order_by(*order)[: size + 1])
        return found[::-1] if backward else found

    def _raw_page(self, key, *, backward: bool, size: int) -> list:
        rows = [row for row in self.everything() if not key or self._is_past(row, key, backward)]
        return rows[-size - 1 :] if backward else rows[: size + 1]

    def _is_past(self, row, key, backward: bool) -> bool:
        place = (row.rank, row.pk)
        return place < key if backward else place > key

    def everything(self) -> Sequence:
        """All standings that the choice leaves, in order."""
        if isinstance(self.ranking, Calibrated):
            return list(self._narrowed(self.ranking).order_by(self.ranking.column, "pk"))
        kept = set(self._cases().values_list("pk", flat=True)) if self._asks_cases() else None
        return [
            row
            for row in self.ranking.everything()
            if (kept is None or row.application_id in kept) and self._fits(row)
        ]

    def _fits(self, row) -> bool:
        is_above = row.rank <= self.last_in.number
        band = self.choice.band
        disagrees = row.spread is not None and row.spread >= DISAGREE
        wanted = {"unsure": unsure(row), "disagree": disagrees}.get(self.choice.only, True)
        return wanted and (not band or is_above == (band == "above"))

    def _narrowed(self, ranking: Calibrated):
        rows = ranking.rows
        if self._asks_cases():
            rows = rows.filter(application__in=self._cases())
        if self.choice.band:
            last = (self.last_in.rank, self.last_in.key)
            above = Q(**{f"{ranking.column}__lt": last[0]}) | Q(
                **{ranking.column: last[0], "pk__lte": last[1]}
            )
            rows = rows.filter(above if self.choice.band == "above" else ~above)
        if self.choice.only == "disagree":
            rows = rows.filter(spread__gte=DISAGREE)
        if self.choice.only == "unsure":
            between = Q(funded_share__gt=SURE[0], funded_share__lt=SURE[1])
            rows = rows.filter(between | Q(flips=True))
        return rows

    def _asks_cases(self) -> bool:
        return bool(self.choice.search or self.choice.state or self.choice.category)

    def _cases(self):
        """Raises `Refused` for a word that is too short."""
        rows, choice = on_board(self.round, self.user), self.choice
        for word in choice.search.lower().split()[:MOST_WORDS]:
            if len(word) < SHORTEST_WORD:
                raise Refused(_("Search for words of at least two characters."), field="search")
            rows = rows.filter(
                HasPairs(F("listing__text"), Value(word)), listing__text__contains=word
            )
        decided = Decision.objects.standing().filter(application__round=self.round)
        if choice.state == "undecided":
            rows = rows.exclude(pk__in=decided.values("application"))
        elif choice.state:
            rows = rows.filter(pk__in=decided.filter(state=choice.state).values("application"))
        if choice.category:
            key = self.round.category_question
            rows = rows.filter(**{"answers__contains": {key: choice.category}})
        return rows

    def rows(self, standings: Sequence) -> list[BoardRow]:
        """The lines of a page, by a few queries however long it is."""
        keys = [row.application_id for row in standings]
        cases = Application.objects.select_related("organisation", "listing").in_bulk(keys)
        if self._last_in is None:
            places, self._last_in = self.ranking.measured(keys, self.round.budget)
        else:
            places = self.ranking.places(keys)
        decisions = {
            decision.application_id: decision
            for decision in Decision.objects.standing().filter(application__in=keys)
        }
        found = {}
        for row in standings:
            case = cases[row.application_id]
            case.round = self.round
            found[case.pk] = BoardRow(case, row, places[case.pk], decision=decisions.get(case.pk))
            found[case.pk].category = self.category_of(case)
            found[case.pk].line = places[case.pk].number == self.last_in.number
        self._add_recommendations(found)
        return list(found.values())

    def category_of(self, case: Application) -> str:
        answer = case.answers.get(self.round.category_question, "")
        return self.categories.get(answer, "") if isinstance(answer, str) else ""

    def _add_recommendations(self, found: dict[int, BoardRow]) -> None:
        counting = Review.objects.counting().filter(assignment__application__in=found)
        amounts: dict[int, list[Decimal]] = {}
        for key, word, amount in counting.values_list(
            "assignment__application", "recommendation", "amount"
        ):
            found[key].recommendations[word] += 1
            if amount is not None:
                amounts.setdefault(key, []).append(amount)
        for key, given in amounts.items():
            found[key].recommended = to_fen(sum(given, Decimal(0)) / len(given))


def categories_of(round: Round) -> dict[str, str]:
    """The values of the category's choice with their words; none where the round names none."""
    if not round.category_question:
        return {}
    newest = round.form_versions.order_by(F("published_at").desc(nulls_last=True), "-number")
    question = Question.objects.filter(
        section__form=newest.values("pk")[:1], key=round.category_question
    ).first()
    return {option["value"]: pick(option) for option in question.options} if question else {}
