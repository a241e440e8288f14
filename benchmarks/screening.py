"""Screening a round of 10,000 applications by a rule of every kind."""

from pathlib import Path

from django.db import connection, transaction

from benchmarks.run import Line, analyze, timed
from grants.programs.services import close_round
from grants.screening.models import EligibilityCheck
from grants.screening.services import running
from tests import cast
from tests.screening.stage import RULES, rule

COUNT = 10_000
MOST_SECONDS = 180
# Written as by somebody who may switch the triggers off, because writing is not what is measured.
# Texts of 300 characters out of 2,000; one in a hundred is a copy, some apps are named twice.
ROWS = """
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
SELECT n, nextval('grants_organisation_id_seq') AS organisation,
       nextval('grants_application_id_seq') AS application FROM generate_series(1, {count}) n;
INSERT INTO grants_organisation (id, kind, name, credit_code, website, created_at)
SELECT organisation, 'company', '公司' || n, '913301' || lpad(n::text, 12, '0'), '', now()
  FROM fresh;
INSERT INTO grants_application (id, reference, round_id, organisation_id, form_id, title,
       requested_amount, answers, state, return_reason, created_by_id, created_at, saved_at,
       submitted_at)
SELECT application, 'APP-2019-' || lpad(n::text, 6, '0'), {round}, organisation, {form}, 'x',
       1000, '{{}}', 'submitted', '', {by}, now(), now(), now() FROM fresh;
INSERT INTO grants_submission (application_id, number, content, sha256, submitted_by_id, at)
SELECT application, 1, jsonb_build_object('answers', jsonb_build_object(
       'plan', 'com.example.app' || n % ({count} - 50),
       'team', (SELECT string_agg(chr(19968 + (hashint4(
                    CASE WHEN n % 100 = 0 THEN n - 1 ELSE n END * 1000 + place) & 2047)), '')
                  FROM generate_series(1, 300) place))),
       lpad(n::text, 64, '0'), {by}, now() FROM fresh;
INSERT INTO grants_membership (organisation_id, user_id, role, joined_at)
SELECT organisation, {by}, 'viewer', now() FROM fresh WHERE n <= 20;
"""


def against_the_clock(folder: Path, scale: float) -> Line:
    round = cast.open_round()
    for kind in RULES:
        rule(kind)
    close_round(round, by=cast.person("officer"))
    statement = ROWS.format(
        count=COUNT, round=round.pk, form=round.form.pk, by=cast.person("applicant").pk
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    analyze()
    run = running.start_run(round, by=cast.person("officer"))
    took = timed(lambda: running.finish_run(run))
    if EligibilityCheck.objects.count() != COUNT * len(RULES):
        raise AssertionError("not every rule was asked of every application")
    return Line(
        f"screen {COUNT:,} applications by {len(RULES)} rules",
        f"{took:.0f} s",
        f"{MOST_SECONDS} s",
        took / MOST_SECONDS,
        1,
        is_least=False,
    )
