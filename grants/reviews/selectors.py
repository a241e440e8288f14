"""Scores side by side."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePath

from django.db.models import Q, QuerySet

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, Document
from grants.programs.models import Round
from grants.reviews.inputs import fingerprint
from grants.reviews.models import Assignment, CalibrationRun, Review, weighted_mean


@dataclass(frozen=True)
class Scored:
    assignment: Assignment
    review: Review | None
    mean: Decimal | None


@dataclass(frozen=True)
class ScoreSheet:
    """All standing assignments with their reviews, and the mean of the reviews' means."""

    rows: list[Scored]
    submitted: int
    mean: Decimal | None


def score_sheet(application: Application, *, user=None) -> ScoreSheet:
    """The sheet of one application; with `user`, only the assignments that the person may see."""
    assignments = Assignment.objects.standing().filter(application=application)
    if user is not None:
        assignments = assignments.visible_to(user)
    assignments = assignments.select_related("reviewer", "review").prefetch_related(
        "review__scores__criterion"
    )
    rows, means = [], []
    for assignment in assignments.order_by("pk"):
        review = getattr(assignment, "review", None)
        if review is None or review.state != "submitted":
            rows.append(Scored(assignment, None, None))
            continue
        mean = weighted_mean(review.scores.all())
        rows.append(Scored(assignment, review, mean))
        if mean is not None:
            means.append(mean)
    return ScoreSheet(rows, sum(1 for row in rows if row.review), mean_of(means))


def mean_of(means: list[Decimal]) -> Decimal | None:
    """The plain mean to two places, or None."""
    if not means:
        return None
    return (sum(means, Decimal(0)) / len(means)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def readable_documents(user) -> QuerySet[Document]:
    """The files that a person may open.

    Members: those of their applications that stand. Reviewers: those too, but only answers, and
    only while an assignment stands. The desk: also those that were taken off after a submission.
    """
    applications = Application.objects.visible_to(user).values("pk")
    if user.has_role(*DESK_READERS):
        readable = Q(application__in=applications)
    else:
        assigned = Assignment.objects.held_by(user).values("application")
        readable = Q(removed_at=None) & (
            Q(application__in=applications) | ~Q(question_key="") & Q(application__in=assigned)
        )
    return Document.objects.filter(readable)


def name_for(document: Document, user) -> str:
    """What a file is called for that person: in a blind round its name may tell who applies."""
    if user.has_perm("grants.know_applicant", document.application):
        return document.name
    return document.pk.hex[:8] + PurePath(document.name).suffix.lower()


def readable_applications(user) -> QuerySet[Application]:
    """What `visible_to` gives, and to a reviewer the applications of the standing assignments."""
    assigned = Assignment.objects.held_by(user).values("application")
    return Application.objects.visible_to(user) | Application.objects.filter(pk__in=assigned)


def latest_run(round: Round) -> CalibrationRun | None:
    """The last calibration that is done."""
    return CalibrationRun.objects.filter(round=round, state="done").order_by("-number").first()


def is_stale(run: CalibrationRun) -> bool:
    """Reviews, weights, amounts, the budget or the formula are no longer what the run read."""
    return run.inputs_sha256 != fingerprint(run.round)


def changed_rounds() -> list[Round]:
    """Rounds in review whose last calibration is done and stale; one that failed is left."""
    last = CalibrationRun.objects.filter(round__state="reviewing").order_by("round", "-number")
    runs = last.distinct("round").select_related("round")
    return [run.round for run in runs if run.state == "done" and is_stale(run)]
