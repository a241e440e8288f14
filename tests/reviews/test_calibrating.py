"""A round is calibrated once, by what counts, and a run that is done stays."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from grants.applications.models import ConflictOfInterest
from grants.core.errors import Refused
from grants.events.models import Event
from grants.reviews.models import Assignment, CalibrationRun, CaseStanding, ReviewerStanding
from grants.reviews.selectors import changed_rounds, is_stale, latest_run
from grants.reviews.services import calibrating, recuse, reopen_review
from grants.reviews.services.calibrating import ask_again, ask_calibration, work, work_out
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def reviewed_round():
    """Two applications, read by a strict and by a mild reviewer."""
    round = cast.open_round()
    sent = [cast.submitted(owner, round=round) for owner in ("applicant", "rival")]
    for application in sent:
        cast.screened(application)
    for application in sent:
        cast.reviewed(application, "reviewer", value="2", team="2")
        cast.reviewed(application, "reviewer2", value="4", team="4")
    return application.round


def asked(round) -> CalibrationRun:
    return ask_calibration(round, by=cast.person("officer"))


def calibrated(round) -> CalibrationRun:
    run = asked(round)
    work()
    run.refresh_from_db()
    return run


def test_run_writes_standings_once():
    run = calibrated(reviewed_round())

    assert (run.state, run.number, run.done) == ("done", 1, run.total)
    assert len(run.inputs_sha256) == 64
    rows = CaseStanding.objects.filter(run=run).values_list("reviews", "raw", "calibrated", "rank")
    assert list(rows) == [(2, Decimal(60), Decimal(60), 1)] * 2
    severities = ReviewerStanding.objects.filter(run=run).order_by("-pk")
    assert list(severities.values_list("reviewer__email", "severity")) == [
        (cast.person("reviewer").email, Decimal(10)),
        (cast.person("reviewer2").email, Decimal(-10)),
    ]
    assert latest_run(run.round) == run
    assert not is_stale(run)


def test_same_seed_gives_the_same_standings():
    round = reviewed_round()
    run = asked(round)
    with transaction.atomic():
        work_out(run.pk)
        first = list(CaseStanding.objects.order_by("application").values_list("low", "rank_high"))
        transaction.set_rollback(True)

    work_out(run.pk)

    again = CaseStanding.objects.order_by("application").values_list("low", "rank_high")
    assert list(again) == first


def test_double_press_starts_no_second_run():
    round = reviewed_round()

    assert asked(round) == asked(round)
    assert Event.objects.filter(kind="calibrationrun.request").count() == 1


@pytest.mark.usefixtures("english")
def test_round_without_reviews_is_refused():
    round = cast.in_review().round

    with pytest.raises(Refused, match="submitted yet"):
        asked(round)

    assert not CalibrationRun.objects.exists()


@pytest.mark.parametrize("handle", ["reviewer", "approver", "finance", "auditor", "applicant"])
def test_only_officers_ask(handle):
    round = reviewed_round()

    with pytest.raises(PermissionDenied):
        ask_calibration(round, by=cast.person(handle))

    assert not CalibrationRun.objects.exists()


def test_recusal_makes_the_run_stale_and_takes_the_scores_out():
    round = reviewed_round()
    run = calibrated(round)
    assignment = Assignment.objects.filter(reviewer=cast.person("reviewer2")).first()

    recuse(assignment, by=cast.person("reviewer2"), reason="family")

    assert is_stale(run)
    assert [each.pk for each in changed_rounds()] == [round.pk]
    assert ask_again() == 1
    assert work() == 1
    standing = CaseStanding.objects.get(run__number=2, application=assignment.application)
    assert (standing.reviews, standing.raw) == (1, Decimal(40))
    assert ask_again() == 0


def test_reopened_review_is_no_input():
    round = reviewed_round()
    run = calibrated(round)
    review = Assignment.objects.filter(reviewer=cast.person("reviewer2")).first().review

    reopen_review(review, by=cast.person("officer"), reason="a slip")

    assert is_stale(run)


def test_review_of_somebody_in_conflict_is_no_input():
    round = reviewed_round()
    application = round.applications.order_by("pk").first()
    ConflictOfInterest.objects.create(
        application=application, person=cast.person("reviewer2"), kind="family", source="officer"
    )

    run = calibrated(round)

    assert CaseStanding.objects.get(run=run, application=application).reviews == 1


def test_new_budget_makes_the_run_stale():
    round = reviewed_round()
    run = calibrated(round)
    round.budget += 1
    round.save(update_fields=["budget"])

    assert is_stale(run)


def test_run_that_is_done_stays():
    run = calibrated(reviewed_round())

    for statement in (
        "UPDATE grants_calibrationrun SET agreement = '{}'",
        "UPDATE grants_casestanding SET calibrated = 100",
        "DELETE FROM grants_reviewerstanding",
        "DELETE FROM grants_calibrationrun",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert run.standings.count() == 2


def test_what_cannot_be_worked_out_fails_and_is_said(monkeypatch):
    run = asked(reviewed_round())

    def broken(_run):
        raise ValueError("odd")

    monkeypatch.setattr(calibrating, "_calibrate", broken)
    work()

    run.refresh_from_db()
    assert (run.state, CaseStanding.objects.count()) == ("failed", 0)
    assert asked(run.round).number == 2


def test_run_whose_worker_died_is_worked_out_again():
    run = asked(reviewed_round())
    calibrating.advance(run, "begin", by=None)

    assert work() == 1

    run.refresh_from_db()
    assert (run.state, run.standings.count()) == ("done", 2)


@pytest.mark.django_db(transaction=True)
def test_two_workers_work_out_a_run_once():
    run = asked(reviewed_round())

    ended = together(lambda: work_out(run.pk), lambda: work_out(run.pk))

    assert sorted(ended) == [False, True]
    assert run.standings.count() == 2


def test_standings_of_the_own_organisation_are_hidden():
    run = calibrated(reviewed_round())
    officer = cast.person("officer")
    organisation = run.standings.order_by("pk").first().application.organisation
    organisation.memberships.create(user=officer, role="viewer")

    assert CaseStanding.objects.visible_to(officer).count() == 1
    assert CaseStanding.objects.visible_to(cast.person("approver")).count() == 2
    assert CaseStanding.objects.visible_to(cast.person("reviewer")).count() == 0
    assert ReviewerStanding.objects.visible_to(cast.person("reviewer")).count() == 1
