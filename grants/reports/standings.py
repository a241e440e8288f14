"""How the applications of a round stand: by the latest calibration, else raw."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import (
    Case,
    DecimalField,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from grants.applications.models import Application, kept_from
from grants.awards.lifecycle import DecisionState
from grants.awards.models import Outcome
from grants.core.money import ZERO
from grants.programs.models import Round
from grants.reports.cut import Candidate
from grants.reviews.models import STANDING, CalibrationRun, CaseStanding
from grants.reviews.selectors import latest_run

ON_BOARD = ("in_review", "decided")
MONEY = DecimalField(max_digits=18, decimal_places=2)
# Means as `reviews.models.weighted_mean` has them, by application; reviews that a conflict bars or
# that were stepped back from do not count.
RAW = """
SELECT application_id, count(*), round(avg(mean), 2), max(mean) - min(mean)
  FROM (SELECT a.application_id, r.id,
               round(100 * sum(s.value / c.scale * c.weight) / sum(c.weight), 2) AS mean
          FROM grants_assignment a
          JOIN grants_application p ON p.id = a.application_id
          JOIN grants_review r ON r.assignment_id = a.id
          JOIN grants_score s ON s.review_id = r.id
          JOIN grants_criterion c ON c.id = s.criterion_id
         WHERE p.round_id = %s AND r.state IN ('submitted')
           AND a.state IN (SELECT unnest(%s::text[]))
           AND s.value IS NOT NULL AND (%s::bigint IS NULL OR p.id = %s)
           AND NOT EXISTS (SELECT FROM grants_conflictofinterest i
                            WHERE i.application_id = p.id AND i.person_id = a.reviewer_id
                              AND i.state IN ('reported', 'confirmed'))
         GROUP BY a.application_id, r.id) by_review
 GROUP BY application_id
"""
OF_PAGE = "SELECT application_id, place, total FROM ({inner}) w WHERE application_id = ANY(%s)"
# One look at all sums for both.
MEASURED = (
    "WITH w AS MATERIALIZED ({inner})"
    " SELECT false, application_id, place, total, standing, id FROM w"
    " WHERE application_id = ANY(%s)"
    " UNION ALL (SELECT true, application_id, place, total, standing, id FROM w WHERE total <= %s"
    " ORDER BY place DESC LIMIT 1)"
)
LAST_IN = (
    "SELECT place, standing, id, total FROM ({inner}) w WHERE total <= %s"
    " ORDER BY place DESC LIMIT 1"
)


@dataclass
class Standing:
    """One application without a calibration; has what a `CaseStanding` has."""

    application_id: int
    reviews: int = 0
    raw: Decimal | None = None
    spread: Decimal | None = None
    rank: int = 0
    raw_rank: int = 0
    calibrated: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    funded_share: float | None = None
    flips: bool = False

    @property
    def pk(self) -> int:
        return self.application_id


@dataclass(frozen=True)
class Place:
    """Where a row stands among those that the person may see, and the money down to it."""

    number: int
    total: Decimal


@dataclass(frozen=True)
class LastIn:
    """The last row above the line of the budget: its place, its rank, and the money down to it."""

    number: int
    rank: int
    key: int
    total: Decimal


NOBODY_IN = LastIn(0, 0, 0, Decimal(0))


def on_board(round: Round, user) -> QuerySet[Application]:
    """The applications that were reviewed or wait for it, without those kept from the person.

    Places and sums are counted over these alone: what somebody must not see leaves no gap.
    """
    rows = Application.objects.visible_to(user).filter(round=round, state__in=ON_BOARD)
    hidden = Application.objects.filter(kept_from(user), round=round)
    return rows.exclude(pk__in=hidden.values("pk"))


def with_amounts(rows: QuerySet, path: str = "") -> QuerySet:
    """`amount`: the decided award, nothing where there is none in a decision, else what is asked.

    `path` leads to the application. The standing decision is joined once for all rows.
    """
    held = FilteredRelation(
        f"{path}decisions", condition=~Q(**{f"{path}decisions__state": DecisionState.DISCARDED})
    )
    counted = Case(
        When(held__outcome=Outcome.AWARD, then=F("held__amount")),
        When(held__outcome__isnull=False, then=Value(ZERO)),
        default=Coalesce(F(f"{path}requested_amount"), Value(ZERO)),
        output_field=MONEY,
    )
    return rows.annotate(held=held, counted=counted)


class Calibrated:
    """The standings of a run that was finished. `by_raw` orders by the raw score."""

    def __init__(self, run: CalibrationRun, cases: QuerySet[Application], *, by_raw: bool):
        self.run, self.column = run, "raw_rank" if by_raw else "rank"
        self.rows = CaseStanding.objects.filter(run=run, application__in=cases)

    def everything(self) -> Sequence:
        return list(self.rows.order_by(self.column, "pk"))

    def _windows(self) -> QuerySet:
        order = [F(self.column).asc(), F("pk").asc()]
        return (
            with_amounts(self.rows, "application__")
            .annotate(
                place=Window(RowNumber(), order_by=order),
                total=Window(Sum("counted"), order_by=order),
                standing=F(self.column),
            )
            .values("id", "application_id", "standing", "place", "total")
        )

    def places(self, keys: Sequence[int]) -> dict[int, Place]:
        rows = _asked(OF_PAGE, self._windows(), list(keys))
        return {key: Place(place, total) for key, place, total in rows}

    def measured(self, keys: Sequence[int], budget: Decimal) -> tuple[dict[int, Place], LastIn]:
        """`places` and `last_in` by one statement."""
        places, last_in = {}, NOBODY_IN
        rows = _asked(MEASURED, self._windows(), list(keys), budget)
        for is_last, application, place, total, standing, key in rows:
            if is_last:
                last_in = LastIn(place, standing, key, total)
            else:
                places[application] = Place(place, total)
        return places, last_in

    def last_in(self, budget: Decimal) -> LastIn:
        rows = _asked(LAST_IN, self._windows(), budget)
        return LastIn(*rows[0]) if rows else NOBODY_IN


def _asked(statement: str, windows: QuerySet, *parameters) -> list[tuple]:
    inner, given = windows.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{inner}", inner), [*given, *parameters])
        return cursor.fetchall()


class Raw:
    """The means as they are now, all in memory: a round before its first calibration."""

    run, column = None, "rank"

    def __init__(self, round: Round, cases: QuerySet[Application]):
        scored = {row.application_id: row for row in raw_standings(round)}
        amounts = dict(with_amounts(cases).values_list("pk", "counted"))
        found = [scored.get(key) or Standing(key) for key in amounts]
        self.rows = sorted(found, key=lambda row: (-(row.raw or -1), row.application_id))
        self.totals: dict[int, Place] = {}
        total = Decimal(0)
        for number, row in enumerate(self.rows, start=1):
            row.rank = row.raw_rank = number
            total += amounts[row.application_id]
            self.totals[row.application_id] = Place(number, total)

    def everything(self) -> Sequence:
        return self.rows

    def places(self, keys: Sequence[int]) -> dict[int, Place]:
        return {key: self.totals[key] for key in keys}

    def measured(self, keys: Sequence[int], budget: Decimal) -> tuple[dict[int, Place], LastIn]:
        return self.places(keys), self.last_in(budget)

    def last_in(self, budget: Decimal) -> LastIn:
        fitting = [row for row in self.rows if self.totals[row.application_id].total <= budget]
        if not fitting:
            return NOBODY_IN
        place = self.totals[fitting[-1].application_id]
        return LastIn(place.number, place.number, fitting[-1].application_id, place.total)


def raw_standings(round: Round, application: int | None = None) -> list[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(RAW, [round.pk, [*STANDING], application, application])
        return [Standing(*row) for row in cursor.fetchall()]


def ranking_of(round: Round, user, *, by_raw: bool = False) -> Calibrated | Raw:
    run = latest_run(round)
    cases = on_board(round, user)
    return Calibrated(run, cases, by_raw=by_raw) if run else Raw(round, cases)


def standing_of(application: Application):
    """How one application stands; None where nobody has scored it."""
    run = latest_run(application.round)
    if run:
        return CaseStanding.objects.filter(run=run, application=application).first()
    return next(iter(raw_standings(application.round, application.pk)), None)


def beyond(rows: QuerySet, column: str, rank: int, key: int, test: str) -> QuerySet:
    """The rows past a place in the order of the ranking; `test` is "gt" or "lt"."""
    same = Q(**{column: rank, f"pk__{test}": key})
    return rows.filter(Q(**{f"{column}__{test}": rank}) | same)


def candidates_of(round: Round, user, ranking: Calibrated | Raw) -> list[Candidate]:
    """All that the person may see, in the order of the ranking, for trying cuts."""
    cases = {
        key: (amount, answers.get(round.category_question) if answers else "")
        for key, amount, answers in with_amounts(on_board(round, user)).values_list(
            "pk", "counted", "answers"
        )
    }
    by_raw = ranking.column == "raw_rank"
    found = []
    for row in ranking.everything():
        amount, category = cases[row.application_id]
        score = row.raw if by_raw or row.calibrated is None else row.calibrated
        word = category if isinstance(category, str) else ""
        found.append(Candidate(row.application_id, score, amount, row.reviews, word))
    return found
