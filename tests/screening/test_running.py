"""Runs over a round: by the button, by the clock, left and resumed, and what officers decide."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.applications.models import Application
from grants.applications.services import screening, submitting
from grants.core.errors import Refused
from grants.events.models import Event
from grants.screening.models import EligibilityCheck, Screening, ScreeningRun
from grants.screening.services import deciding, rules, running
from tests import cast
from tests.admin import clones
from tests.screening.stage import applied, closed, rule, screened, standing

pytestmark = pytest.mark.django_db
OFFICER = "officer"


def stored(application) -> Application:
    return Application.objects.get(pk=application.pk)


def outcome(application) -> str:
    return Screening.objects.get(application=application).outcome


def override(application, kind_rule, *, says="passed", by=OFFICER, reason="gesehen"):
    return deciding.override(
        application, kind_rule, by=cast.person(by), outcome=says, reason=reason
    )


def test_run_tells_the_worst_of_each_application():
    ann, bob = applied("ann"), applied("bob")
    blocking = rule("applicant_kind", kinds=["company"])
    rule("signal", is_blocking=False)

    run = screened()

    assert (run.state, run.total, run.done) == ("done", 2, 2)
    assert (outcome(ann), outcome(bob)) == ("failed", "failed")
    rules.change_rule(
        blocking,
        by=cast.person(OFFICER),
        parameters={"kinds": ["company"]},
        is_on=True,
        is_blocking=False,
    )
    screened()
    assert outcome(ann) == "warned"
    rules.remove_rule(blocking, by=cast.person(OFFICER))
    screened()
    assert outcome(ann) == "unclear"


def test_run_adds_only_what_is_new():
    ann = applied("ann")
    rule("credit_code")

    screened(), screened()

    assert EligibilityCheck.objects.filter(application=ann).count() == 1
    assert ScreeningRun.objects.count() == 2


def test_run_costs_the_same_queries_for_1_and_30_applications(django_assert_max_num_queries):
    first = applied("ann")
    for kind in ("credit_code", "signal", "same_package", "similar_text", "cap"):
        rule(kind)
    run = running.start_run(closed(), by=cast.person(OFFICER))
    with django_assert_max_num_queries(60) as few:
        running.finish_run(run)
    count = len(few)
    made = clones.applications(first, 29)
    latest = first.latest
    for application in made:
        application.submissions.create(
            number=1,
            content=latest.content,
            sha256=f"{application.pk:064d}",
            submitted_by=first.created_by,
        )
    run = running.start_run(closed(), by=cast.person(OFFICER))

    with django_assert_max_num_queries(count):
        running.finish_run(run)

    assert (run.done, Screening.objects.count()) == (30, 30)


def test_start_is_refused_while_open_without_rules_and_with_nothing_to_check():
    round = cast.open_round()
    officer = cast.person(OFFICER)
    rule("credit_code")
    with pytest.raises(Refused):
        running.start_run(round, by=officer)
    with pytest.raises(Refused):
        running.start_run(closed(), by=officer)
    other = cast.open_round("other")
    applied("ann", round=other)
    with pytest.raises(Refused):
        running.start_run(closed(other), by=officer)

    assert ScreeningRun.objects.count() == 0


def test_second_press_finds_the_run_that_is_open():
    applied("ann")
    rule("credit_code")
    officer = cast.person(OFFICER)

    first = running.start_run(closed(), by=officer)

    assert running.start_run(closed(), by=officer) == first


@pytest.mark.parametrize("handle", ["applicant", "reviewer", "approver", "auditor", "superuser"])
def test_only_officers_run_and_set_up(handle):
    ann = applied("ann")
    asked = rule("credit_code")
    by = cast.person(handle)

    for deed in (
        lambda: running.start_run(closed(), by=by),
        lambda: rules.remove_rule(asked, by=by),
        lambda: override(ann, asked, by=handle),
        lambda: deciding.screen(ann, by=by, is_eligible=True),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert (ScreeningRun.objects.count(), EligibilityCheck.objects.count()) == (0, 0)


def test_run_is_left_and_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)
    ann, bob = applied("ann"), applied("bob")
    rule("credit_code")
    officer = cast.person(OFFICER)
    run = running.start_run(closed(), by=officer)
    assert running._step(run.pk) == 1

    running.stop_run(run, by=officer)
    assert running.work() == 0
    assert (standing(ann) != {}, standing(bob)) == (True, {})
    running.resume_run(run, by=officer)
    done = running.work()

    run.refresh_from_db()
    assert (done, run.state, run.done) == (1, "done", 2)
    assert standing(bob) != {}


def test_clock_screens_after_the_close_and_what_is_sent_again():
    ann, bob = applied("ann"), applied("bob")
    rule("applicant_kind", kinds=["company"])
    assert running.work() == 0
    closed()

    assert running.work() == 2
    assert running.work() == 0
    screening.return_for_information(ann, by=cast.person(OFFICER), reason="?")
    submitting.submit(ann, by=cast.person("ann"))

    assert running.work() == 1
    assert outcome(bob) == "failed"
    assert ScreeningRun.objects.filter(started_by=None, only_new=True).count() == 2


def test_officer_decides_otherwise_and_the_next_run_leaves_it():
    ann = applied("ann")
    asked = rule("applicant_kind", kinds=["company"])
    screened()
    with pytest.raises(Refused) as refused:
        deciding.screen(ann, by=cast.person(OFFICER), is_eligible=True)
    assert "Only these may apply: Company." in str(refused.value)

    override(ann, asked)
    screened()

    assert standing(ann)["applicant_kind"] == ("passed", "gesehen")
    assert outcome(ann) == "passed"
    told = Event.objects.get(kind="eligibilitycheck.override")
    assert (told.case, told.data["reason"]) == (ann.reference, "gesehen")
    deciding.screen(ann, by=cast.person(OFFICER), is_eligible=True)
    assert stored(ann).state == "in_review"


def test_decision_of_an_officer_falls_with_the_next_submission():
    ann = applied("ann")
    asked = rule("applicant_kind", kinds=["company"])
    screened()
    override(ann, asked)
    screening.return_for_information(ann, by=cast.person(OFFICER), reason="?")
    submitting.submit(ann, by=cast.person("ann"))

    screened()

    assert outcome(ann) == "failed"
    assert EligibilityCheck.objects.filter(application=ann).count() == 3


def test_override_needs_a_reason_and_an_application_that_waits():
    ann = applied("ann")
    asked = rule("credit_code")
    screened()
    with pytest.raises(Refused):
        override(ann, asked, reason=" ")
    deciding.screen(ann, by=cast.person(OFFICER), is_eligible=True)
    with pytest.raises(Refused):
        override(ann, asked)

    assert EligibilityCheck.objects.count() == 1


def test_warning_does_not_stand_in_the_way():
    ann = applied("ann")
    rule("applicant_kind", is_blocking=False, kinds=["company"])
    screened()

    deciding.screen(ann, by=cast.person(OFFICER), is_eligible=True)

    assert stored(ann).state == "in_review"


def test_many_are_decided_each_by_itself():
    good, own, bad = applied("ann"), applied("bob"), applied("cat")
    own.organisation.memberships.create(user=cast.person(OFFICER), role="viewer")
    asked = rule("applicant_kind", kinds=["company"])
    screened()
    override(good, asked)
    everybody = [good, own, bad]
    cast.person(OFFICER).__dict__.pop("_memberships", None)

    trial = deciding.decide_all(everybody, "pass", by=cast.person(OFFICER), is_trial=True)
    states = [stored(row).state for row in everybody]
    done = deciding.decide_all(everybody, "pass", by=cast.person(OFFICER))

    assert states == ["submitted"] * 3
    assert [bool(row.refused) for row in trial] == [False, True, True]
    assert [row.refused for row in done] == [row.refused for row in trial]
    assert done[1].refused == "You belong to the applicant: another officer decides."
    assert [stored(row).state for row in everybody] == ["in_review", "submitted", "submitted"]


def test_officer_of_the_applicant_overrides_nothing():
    ann = applied("ann")
    asked = rule("credit_code")
    screened()
    ann.organisation.memberships.create(user=cast.person(OFFICER), role="viewer")

    with pytest.raises(PermissionDenied):
        override(ann, asked)

    assert EligibilityCheck.objects.count() == 1
