"""The first page of a round's board, as the round grows."""

from pathlib import Path

from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.listing import TIMES
from benchmarks.run import Line, analyze, timed
from grants.programs.models import Round
from grants.reviews.models import CalibrationRun
from tests import cast

FEW, MANY = 1_000, 20_000
MOST_QUERIES = 15
# Three reviews each, standings as a calibration writes them; the triggers are off, because
# writing is not what is measured.
ROWS = """
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
SELECT n, nextval('grants_organisation_id_seq') AS organisation,
       nextval('grants_application_id_seq') AS application
  FROM generate_series(1, {count}) n ORDER BY n;
INSERT INTO grants_organisation (id, kind, name, credit_code, identity_sealed, identity_index,
       identity_tail, legal_representative, region, website, created_at)
SELECT organisation, 'individual', '某人' || n, '', '', '', '', '', '11', '', now() FROM fresh;
INSERT INTO grants_application (id, reference, round_id, organisation_id, form_id, title,
       requested_amount, answers, edits, set_aside, state, return_reason, created_by_id,
       created_at, saved_at, submitted_at)
SELECT application, 'APP-' || {round} || '-' || lpad(n::text, 6, '0'), {round}, organisation,
       {form}, '应用' || n, 1000 + n * 7919 % 499000,
       jsonb_build_object('category', (ARRAY['tools', 'games'])[1 + n % 2]), '{{}}', '{{}}',
       'in_review', '', {by}, now(), now(), now()
  FROM fresh;
CREATE TEMPORARY TABLE asked ON COMMIT DROP AS
SELECT f.application, f.n, p.reviewer, nextval('grants_assignment_id_seq') AS assignment,
       nextval('grants_review_id_seq') AS review
  FROM fresh f, unnest(ARRAY{reviewers}) AS p (reviewer);
INSERT INTO grants_assignment (id, application_id, reviewer_id, state, assigned_by_id, at, reason)
SELECT assignment, application, reviewer, 'completed', {by}, now(), '' FROM asked;
INSERT INTO grants_review (id, assignment_id, recommendation, amount, confidence, comment, state,
       saved_at, submitted_at)
SELECT review, assignment, 'fund', 1000, 2, '好', 'submitted', now(), now() FROM asked;
INSERT INTO grants_casestanding (run_id, application_id, reviews, raw, calibrated, low, high,
       spread, rank, raw_rank, rank_low, rank_high, funded_share, flips)
SELECT {run}, application, 3, 100.0 * ({count} - n) / {count}, 100.0 * ({count} - n) / {count},
       0, 100, 10, n, {count} + 1 - n, n, n, 0.5, false
  FROM fresh;
"""


def _round_of(count: int) -> Round:
    round = cast.open_round(f"board-{count}", budget="10000000.00", category_question="category")
    run = CalibrationRun.objects.create(
        round=round, number=1, seed=1, formula="1", state="done", inputs_sha256="0" * 64
    )
    reviewers = [cast.person(name).pk for name in ("reviewer", "reviewer2", "reviewer3")]
    statement = ROWS.format(
        count=count,
        round=round.pk,
        form=round.form.pk,
        by=cast.person().pk,
        reviewers=reviewers,
        run=run.pk,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return round


def _seconds(client: Client, address: str) -> tuple[float, int]:
    """Of the quickest of a few answers, and how many queries the first takes."""
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        if client.get(address).status_code != 200:
            raise AssertionError(address)
    return min(timed(lambda: client.get(address)) for _time in range(TIMES)), len(captured)


def at_scale(folder: Path, scale: float) -> str:
    """At full size whatever the scale: it is quickly made."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(cast.person("officer"))
    few, many = _round_of(FEW), _round_of(MANY)
    analyze()
    lines = []
    for name, query in {
        "first page": "",
        "by the raw score": "order=raw",
        "below the line": "band=below",
        "a category": "category=games",
        "in the middle": "after=500.0",
    }.items():
        before, _count = _seconds(client, f"/admin/rounds/{few.slug}/board/?{query}")
        took, queries = _seconds(client, f"/admin/rounds/{many.slug}/board/?{query}")
        if queries > MOST_QUERIES:
            raise AssertionError(f"{name}: {queries} queries")
        told = Line(
            f"board of {MANY:,}: {name} ({queries} queries)",
            f"{took * 1000:.0f} ms",
            f"{before * 1000:.0f} ms",
            took / before,
            2,
            is_least=False,
        )
        lines.append(str(told))
    return "\n".join(lines)
