"""What a calibration reads."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat

from grants.applications.models import Application, ConflictOfInterest
from grants.core.digest import digest
from grants.programs.models import Round
from grants.reviews.calibration import FORMULA
from grants.reviews.models import Review, Score

STAYS_OUT = ("draft", "ineligible", "withdrawn")


@dataclass(frozen=True)
class Inputs:
    """`rows`: (application, reviewer, value ÷ scale per criterion or None), in their order.

    `weights` are the criteria's, `amounts` what the applications ask for.
    """

    rows: list[tuple[int, int, tuple[float | None, ...]]]
    weights: list[float]
    amounts: dict[int, Decimal]
    budget: Decimal
    sha256: str

    def amounts_of(self, cases: np.ndarray) -> np.ndarray:
        return np.array([float(self.amounts[key]) for key in cases.tolist()])


def counted_reviews(round: Round) -> QuerySet[Review]:
    """Submitted reviews of standing assignments, without those of people in conflict."""
    barred = ConflictOfInterest.objects.barring().filter(
        application=OuterRef("assignment__application"), person=OuterRef("assignment__reviewer")
    )
    return (
        Review.objects.counting()
        .filter(assignment__application__round=round)
        .exclude(assignment__application__state__in=STAYS_OUT)
        .exclude(Exists(barred))
    )


def fingerprint(round: Round) -> str:
    """Digest of what the result follows from, without reading the scores.

    A submitted review stays as it is until it is reopened, and is then submitted at another time:
    which reviews, and when each was submitted, stand for their scores.
    """
    told = Concat(
        *(
            part
            for name in ("pk", "submitted_at", "assignment__application__requested_amount")
            for part in (Cast(name, CharField()), Value(" "))
        )
    )
    reviews = counted_reviews(round).aggregate(
        told=MD5(StringAgg(told, delimiter=Value(","), order_by="pk"))
    )
    criteria = round.criteria.order_by("pk").values_list("pk", "weight", "scale")
    budget = Round.objects.values_list("budget", flat=True).get(pk=round.pk)
    return digest([FORMULA, reviews["told"], list(criteria), budget])


def inputs_of(round: Round) -> Inputs:
    """What stands now. The fingerprint is taken first: what changes meanwhile makes it stale."""
    sha256 = fingerprint(round)
    criteria = list(round.criteria.order_by("position", "pk"))
    place = {criterion.pk: number for number, criterion in enumerate(criteria)}
    scale = {criterion.pk: criterion.scale for criterion in criteria}
    reviews = counted_reviews(round).order_by("assignment__application", "assignment__reviewer")
    values: dict[int, list[float | None]] = {}
    keys: list[tuple[int, int, int]] = list(
        reviews.values_list("pk", "assignment__application", "assignment__reviewer")
    )
    for pk, _case, _reviewer in keys:
        values[pk] = [None] * len(criteria)
    marks = Score.objects.filter(review__in=reviews.order_by().values("pk"))
    for review, criterion, value in marks.values_list("review", "criterion", "value").iterator():
        if review in values and criterion in place and value is not None:
            values[review][place[criterion]] = float(value) / scale[criterion]
    amounts = Application.objects.filter(
        pk__in=reviews.order_by().values("assignment__application")
    )
    return Inputs(
        rows=[(case, reviewer, tuple(values[pk])) for pk, case, reviewer in keys],
        weights=[float(criterion.weight) for criterion in criteria],
        amounts=dict(amounts.annotate(asked=F("requested_amount")).values_list("pk", "asked")),
        budget=round.budget,
        sha256=sha256,
    )
