"""Scores: kept, sent and reopened."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.money import to_fen
from grants.core.numbers import read_number
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.programs.models import Criterion
from grants.reviews.models import Confidence, Recommendation, Review, Score

NOT_APPLICABLE = "na"


def _mark(criterion: Criterion, raw) -> Decimal | None:
    """The score, None for “not applicable”. Raises `Refused` outside the scale."""
    if raw == NOT_APPLICABLE:
        return None
    try:
        value = read_number(raw)
    except ValueError:
        value = Decimal(-1)
    if not 0 <= value <= criterion.scale or value != round(value, 1):
        raise Refused(
            _("“%(criterion)s” is scored from 0 to %(scale)s.")
            % {"criterion": criterion.label, "scale": criterion.scale},
            field=criterion.key,
        )
    return value


def _recommended(review: Review, raw: Decimal | str) -> Decimal:
    most = review.assignment.application.round.award_max
    try:
        amount = to_fen(read_number(raw))
    except (ValueError, InvalidOperation):
        amount = Decimal(-1)
    if not 0 <= amount <= most:
        raise Refused(
            _("Enter an amount between ¥0.00 and ¥%(most)s.") % {"most": f"{most:,.2f}"},
            field="amount",
        )
    return amount


def _refuse_unless_open(review: Review) -> None:
    if review.assignment.application.state != "in_review":
        raise Refused(_("This application is no longer in review."))
    if review.state != "draft":
        raise Refused(_("You have submitted this review. Ask an officer to reopen it."))


def _said(review: Review) -> dict[str, object]:
    """What the reviewer says now, as an event keeps it."""
    rows = review.scores.select_related("criterion").order_by("criterion__key")
    return {
        "scores": {row.criterion.key: row.value for row in rows},
        "recommendation": review.recommendation,
        "amount": review.amount,
        "confidence": review.confidence,
        "comment": review.comment,
    }


@transaction.atomic
def save_review(
    review: Review,
    *,
    by,
    scores: Mapping[str, object] | None = None,
    comments: Mapping[str, str] | None = None,
    recommendation: str | None = None,
    amount: Decimal | str | None = None,
    confidence: int | None = None,
    comment: str | None = None,
) -> None:
    """Keeps a draft. `scores` is criterion key → number, or "na"; what is left out stays.

    What changed is recorded, all scores where one of them did.
    Raises `Refused` for a score outside the scale and for a key that the rubric does not have.
    """
    require(by, "edit_review", review)
    lock(review)
    review.refresh_from_db()
    _refuse_unless_open(review)
    before = _said(review)
    criteria = {c.key: c for c in review.assignment.application.round.criteria.all()}
    comments = comments or {}
    for key in {*(scores or {}), *comments}:
        if key not in criteria:
            raise Refused(_("The rubric has no criterion “%(key)s”.") % {"key": key}, field=key)
    for key, raw in (scores or {}).items():
        Score.objects.update_or_create(
            review=review, criterion=criteria[key], defaults={"value": _mark(criteria[key], raw)}
        )
    for key, text in comments.items():
        Score.objects.filter(review=review, criterion=criteria[key]).update(comment=text)
    if recommendation is not None:
        review.recommendation = Recommendation(recommendation) if recommendation else ""
    if confidence is not None:
        review.confidence = Confidence(confidence)
    if comment is not None:
        review.comment = comment
    if amount is not None:
        review.amount = _recommended(review, amount) if amount != "" else None
    review.saved_at = timezone.now()
    review.save()
    changed = {name: said for name, said in _said(review).items() if said != before[name]}
    if changed:
        record(review, "save", by=by, data=changed)


@transaction.atomic
def submit_review(review: Review, *, by) -> None:
    """Sends the review; it is locked then. Raises `Refused` with what is missing."""
    require(by, "submit_review", review)
    lock(review.assignment.application)
    lock(review)
    review.refresh_from_db()
    _refuse_unless_open(review)
    criteria = {c.pk: c for c in review.assignment.application.round.criteria.all()}
    scored = set(review.scores.values_list("criterion_id", flat=True))
    wrong = {c.key: _("Give a score.") for pk, c in criteria.items() if pk not in scored}
    if not review.recommendation:
        wrong["recommendation"] = _("Choose a recommendation.")
    if not review.comment.strip():
        wrong["comment"] = _("Write a few words about why.")
    if wrong:
        raise Refused(_("Your review is not complete yet."), problems=wrong)
    advance(review, "submit", by=by, submitted_at=timezone.now(), data=_said(review))
    advance(review.assignment, "complete", by=by)


@transaction.atomic
def reopen_review(review: Review, *, by, reason: str) -> None:
    """Lets the reviewer change a submitted review."""
    require(by, "reopen_review", review)
    if not reason.strip():
        raise Refused(_("Say why the review is reopened."), field="reason")
    if lock(review.assignment.application).state != "in_review":
        raise Refused(_("This application is no longer in review."))
    advance(review, "reopen", by=by, submitted_at=None, data={"reason": reason})
    advance(review.assignment, "reopen", by=by)
