"""Triggers by which a review stays as it was submitted, whoever writes."""

import pgtrigger

from grants.core.triggers import append_only, fixed, kept, only_moves, refuse
from grants.reviews import lifecycle

ASSIGNMENT = [
    *kept("assignment"),
    fixed("assignment", "application_id", "reviewer_id"),
    only_moves("assignment", lifecycle.ASSIGNMENT),
]

REVIEW = [
    *kept("review"),
    fixed("review", "assignment_id"),
    only_moves("review", lifecycle.REVIEW),
    refuse(
        "review_submitted_as_it_is",
        pgtrigger.Update,
        "a review that was submitted stays as it is",
        condition=pgtrigger.Condition(
            "OLD.state = 'submitted' AND NEW.state = 'submitted'"
            " AND ROW(OLD.recommendation, OLD.amount, OLD.confidence, OLD.comment,"
            " OLD.submitted_at) IS DISTINCT FROM ROW(NEW.recommendation, NEW.amount,"
            " NEW.confidence, NEW.comment, NEW.submitted_at)"
        ),
    ),
]

IN_DRAFT = """
    PERFORM 1 FROM grants_review WHERE id IN (REVIEWS) AND state <> 'draft' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'the scores of a submitted review stay' USING ERRCODE = 'check_violation';
    END IF;
    RETURN ROW;
"""


def _in_draft(name: str, operation, reviews: str, row: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func=IN_DRAFT.replace("REVIEWS", reviews).replace("ROW", row),
    )


SCORE = [
    _in_draft("score_given_in_draft", pgtrigger.Insert, "NEW.review_id", "NEW"),
    _in_draft("score_changed_in_draft", pgtrigger.Update, "OLD.review_id, NEW.review_id", "NEW"),
    _in_draft("score_taken_in_draft", pgtrigger.Delete, "OLD.review_id", "OLD"),
    refuse("score_no_truncate", pgtrigger.Truncate, "scores stay", level=pgtrigger.Statement),
]

CALIBRATION_RUN = [
    *kept("calibrationrun"),
    fixed("calibrationrun", "round_id", "number", "seed", "formula"),
    only_moves("calibrationrun", lifecycle.CALIBRATION),
    refuse(
        "calibrationrun_done_stays",
        pgtrigger.Update,
        "a calibration that has ended stays as it is",
        condition=pgtrigger.Condition("OLD.state IN ('done', 'failed')"),
    ),
]
CASE_STANDING = append_only("casestanding")
REVIEWER_STANDING = append_only("reviewerstanding")
