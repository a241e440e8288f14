"""Declared, recorded and judged: who is barred, and what becomes of the review."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.accounts.models import User
from grants.applications.models import ConflictOfInterest, StandingConflict
from grants.awards import services as awards
from grants.awards.services import basis_of
from grants.conflicts.services import judging
from grants.core.errors import Refused
from grants.events.models import Event
from grants.events.seals import seal_pending
from grants.notifications.models import Notification
from grants.notifications.services import fan_out, send_waiting
from grants.reviews.models import Assignment, Review
from grants.reviews.selectors import score_sheet
from grants.reviews.services import accept, assign, recuse
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOTE = {"kind": "family", "note": "My brother works there."}


@pytest.fixture
def case():
    application = cast.in_review()
    cast.reviewed(application, "reviewer", value="4", team="4")
    cast.reviewed(application, "reviewer2", value="2", team="2")
    return application


def fresh(handle: str) -> User:
    return User.objects.get(pk=cast.person(handle).pk)


def only() -> ConflictOfInterest:
    return ConflictOfInterest.objects.get()


def counted() -> list[str]:
    rows = Review.objects.counting().order_by("pk")
    return list(rows.values_list("assignment__reviewer__name", flat=True))


def test_recusal_names_its_kind_and_reports_the_conflict(case):
    assignment = Assignment.objects.get(reviewer=cast.person("reviewer"))

    recuse(assignment, by=cast.person("reviewer"), reason="My brother", kind="family")

    assert (only().kind, only().source, only().note, only().state) == (
        "family", "declared", "My brother", "reported",
    )  # fmt: skip
    assert not fresh("reviewer").has_perm("grants.view_assignment", assignment)


def test_accepting_keeps_the_statement_that_there_is_no_conflict():
    assignment = cast.assigned(cast.in_review())
    accept(assignment, by=cast.person("reviewer"))

    event = Event.objects.get(kind="assignment.accept")
    assert event.data == {"stated": "no conflict of interest"}


def test_record_in_the_middle_takes_the_scores_out_and_makes_the_proposal_stale(case):
    before = score_sheet(case).mean
    decision = awards.propose(
        case, by=cast.person("officer"), outcome="award", amount="100000.00", reasons="x"
    )

    judging.record_for(case, fresh("reviewer"), by=cast.person("officer"), **NOTE)

    assert counted() == ["reviewer2"]
    assert (before, score_sheet(case).mean) != (before, before)
    assert basis_of(case) != decision.basis
    assert Assignment.objects.get(reviewer=cast.person("reviewer")).state == "recused"
    assert Review.objects.get(assignment__reviewer=cast.person("reviewer")).scores.count() == 2
    with pytest.raises(Refused):
        awards.confirm(decision, by=cast.person("approver"))


def test_dismissal_lets_the_person_and_the_scores_in_again(case):
    conflict = judging.record_for(case, fresh("reviewer"), by=cast.person("officer"), **NOTE)

    judging.dismiss(conflict, by=cast.person("officer"), reason="Another company.")

    assert (only().state, only().judgement) == ("dismissed", "Another company.")
    assert counted() == ["reviewer", "reviewer2"]
    assert Assignment.objects.get(reviewer=cast.person("reviewer")).state == "completed"
    assert [row.assignment.reviewer.name for row in score_sheet(case).rows] == [
        "reviewer", "reviewer2",
    ]  # fmt: skip


def test_dismissal_of_one_of_two_conflicts_lets_nobody_in(case):
    first = judging.record_for(case, fresh("reviewer"), by=cast.person("officer"), **NOTE)
    other = {"kind": "ownership", "note": "Shares"}
    judging.record_for(case, fresh("reviewer"), by=cast.person("officer"), **other)

    judging.dismiss(first, by=cast.person("officer"), reason="No.")

    assert counted() == ["reviewer2"]


def test_what_was_dismissed_comes_back_when_it_is_said_anew(case):
    officer = cast.person("officer")
    conflict = judging.record_for(case, fresh("reviewer"), by=officer, **NOTE)
    judging.dismiss(conflict, by=officer, reason="No.")

    again = judging.declare(case, by=fresh("reviewer"), kind="family", note="Yes.")

    assert (again.pk, only().state, only().judged_by, only().note) == (
        conflict.pk, "reported", None, "Yes.",
    )  # fmt: skip
    assert counted() == ["reviewer2"]


def test_nobody_judges_an_own_conflict(case):
    officer = fresh("officer")
    conflict = judging.declare(case, by=officer, kind="family", note="Mine.")

    with pytest.raises(PermissionDenied):
        judging.dismiss(conflict, by=fresh("officer"), reason="It is nothing.")
    assert only().state == "reported"


@pytest.mark.parametrize("handle", ["reviewer", "approver", "auditor", "finance", "applicant"])
def test_only_officers_and_administrators_judge(case, handle):
    conflict = judging.record_for(case, fresh("reviewer2"), by=cast.person("officer"), **NOTE)

    with pytest.raises(PermissionDenied):
        judging.confirm(conflict, by=fresh(handle), reason="x")
    assert only().state == "reported"


@pytest.mark.parametrize(("words", "field"), [({"note": " "}, "note"), ({"kind": "envy"}, "kind")])
def test_conflict_without_words_or_of_no_known_kind_is_refused(case, words, field):
    with pytest.raises(Refused) as refused:
        judging.declare(case, by=fresh("approver"), **(NOTE | words))
    assert list(refused.value.problems) == [field]
    assert not ConflictOfInterest.objects.exists()


def test_barred_reviewer_is_not_assigned():
    application = cast.in_review()
    judging.record_for(application, fresh("reviewer"), by=cast.person("officer"), **NOTE)

    with pytest.raises(Refused, match="has a conflict of interest and cannot review"):
        assign(application, fresh("reviewer"), by=cast.person("officer"))


def test_standing_conflict_recuses_and_its_end_lets_in_again(case):
    reviewer = fresh("reviewer")
    words = {"organisation": case.organisation.name, "kind": "employment"}
    row = judging.declare_standing(reviewer, by=reviewer, **words)
    assert judging.declare_standing(reviewer, by=reviewer, **words) == row
    assert counted() == ["reviewer2"]

    judging.end_standing(row, by=fresh("officer"), reason="Left five years ago.")

    assert counted() == ["reviewer", "reviewer2"]
    assert StandingConflict.objects.get().ended_by == cast.person("officer")


def test_nobody_ends_an_own_standing_conflict():
    application = cast.submitted()
    officer = fresh("officer")
    row = judging.declare_standing(
        officer, by=officer, organisation=application.organisation.name, kind="employment"
    )

    with pytest.raises(PermissionDenied):
        judging.end_standing(row, by=fresh("officer"), reason="x")


def test_organisation_is_found_by_its_whole_name_only():
    application = cast.submitted()
    reviewer = fresh("reviewer")
    with pytest.raises(Refused) as refused:
        judging.declare_standing(
            reviewer, by=reviewer, organisation=application.organisation.name[:4], kind="family"
        )
    assert list(refused.value.problems) == ["organisation"]


def test_mail_that_waits_is_not_sent_to_who_was_barred_meanwhile(mailoutbox):
    application = cast.in_review()
    cast.assigned(application)
    while seal_pending():
        continue
    fan_out()
    judging.record_for(application, fresh("reviewer"), by=cast.person("officer"), **NOTE)

    send_waiting()

    kinds = Notification.objects.filter(person=cast.person("reviewer"), kind="assignment.assign")
    assert [(row.state, row.error) for row in kinds] == [("dead", "conflict of interest")]
    assert "reviewer@test.example" not in [to for mail in mailoutbox for to in mail.to]


def test_officers_are_told_that_a_reviewer_stepped_back(mailoutbox):
    application = cast.in_review()
    assignment = cast.assigned(application)
    recuse(assignment, by=cast.person("reviewer"), reason="My brother")
    while seal_pending():
        continue
    fan_out()

    mails = Notification.objects.filter(kind="assignment.recuse")
    assert [(mail.person, mail.subject) for mail in mails] == [
        (cast.person("officer"), f"A reviewer of {application.reference} stepped back")
    ]
