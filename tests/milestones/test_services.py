"""Milestones: reported with evidence, judged by another, waived; what is accepted becomes due."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from grants.accounts.models import User
from grants.applications.models import Document
from grants.awards import services as awards
from grants.core.errors import Refused
from grants.ledger.models import LedgerAccount
from grants.milestones.models import Evidence, Milestone
from grants.milestones.services import accept, return_report, submit, waive
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def stored(milestone: Milestone) -> Milestone:
    return Milestone.objects.get(pk=milestone.pk)


def first() -> Milestone:
    return cast.accepted().milestones.first()


def balance(place: str) -> str:
    return str(sum(LedgerAccount.objects.filter(place=place).values_list("balance", flat=True)))


def test_report_with_evidence_is_submitted():
    milestone = first()

    submit(
        milestone, by=cast.person(), report=" 做完了 ", files=[cast.pdf("a.pdf"), cast.pdf("b.pdf")]
    )

    row = stored(milestone)
    assert (row.state, row.report, row.evidence.count()) == ("submitted", "做完了", 2)
    assert set(Document.objects.filter(evidence__milestone=row).values_list("question_key")) == {
        ("",)
    }


@pytest.mark.parametrize(
    ("report", "files", "field"),
    [
        (" ", ["a.pdf"], "report"),
        ("做完了", [], "file"),
        ("做完了", ["a.exe"], "file"),
        ("做完了", ["a.pdf", "empty.pdf"], "file"),
    ],
)
def test_report_without_words_or_evidence_is_refused_and_keeps_nothing(report, files, field):
    milestone, documents = first(), Document.objects.count()
    uploads = [
        SimpleUploadedFile(name, b"") if name == "empty.pdf" else cast.pdf(name) for name in files
    ]

    with pytest.raises(Refused) as refused:
        submit(milestone, by=cast.person(), report=report, files=uploads)

    assert list(refused.value.problems) == [field]
    assert (stored(milestone).state, Evidence.objects.count()) == ("planned", 0)
    assert Document.objects.count() == documents


def test_returned_report_is_sent_again_with_the_evidence_that_is_there():
    milestone = cast.reported()

    return_report(milestone, by=cast.person("officer"), answer="请补充截图")
    submit(milestone, by=cast.person(), report="补充说明")

    assert (stored(milestone).state, stored(milestone).evidence.count()) == ("submitted", 1)


@pytest.mark.parametrize(
    ("deed", "more", "field"),
    [(return_report, {"answer": " "}, "answer"), (waive, {"reason": " "}, "reason")],
)
def test_judging_needs_words(deed, more, field):
    milestone = cast.reported()

    with pytest.raises(Refused) as refused:
        deed(milestone, by=cast.person("officer"), **more)

    assert list(refused.value.problems) == [field]
    assert stored(milestone).state == "submitted"


@pytest.mark.parametrize("state", ["planned", "accepted", "waived"])
def test_only_a_report_is_accepted(state):
    milestone = first() if state != "accepted" else cast.reported()
    if state == "accepted":
        accept(milestone, by=cast.person("officer"))
    if state == "waived":
        waive(milestone, by=cast.person("officer"), reason="x")

    with pytest.raises(Refused):
        accept(milestone, by=cast.person("officer"))

    assert stored(milestone).state == state


@pytest.mark.parametrize("handle", ["applicant", "reviewer", "finance", "approver", "superuser"])
def test_only_an_officer_judges(handle):
    milestone, person = cast.reported(), cast.person(handle)

    for deed, more in ((accept, {}), (return_report, {"answer": "x"}), (waive, {"reason": "x"})):
        with pytest.raises(PermissionDenied):
            deed(milestone, by=person, **more)

    assert stored(milestone).state == "submitted"


def test_officer_who_belongs_to_the_grantee_does_not_judge():
    milestone, officer = cast.reported(), cast.person("officer")
    milestone.award.organisation.memberships.create(user=officer, role="viewer")

    with pytest.raises(PermissionDenied):
        accept(milestone, by=User.objects.get(pk=officer.pk))

    assert stored(milestone).state == "submitted"


@pytest.mark.parametrize("handle", ["stranger", "officer", "superuser"])
def test_only_the_grantee_reports(handle):
    milestone = first()

    with pytest.raises(PermissionDenied):
        submit(milestone, by=cast.person(handle), report="x", files=[cast.pdf()])

    assert stored(milestone).state == "planned"


@pytest.mark.parametrize("stop", [awards.suspend, awards.terminate])
def test_nothing_is_reported_or_accepted_while_the_award_is_not_in_force(stop):
    milestone, officer = cast.reported(), cast.person("officer")
    second = milestone.award.milestones.last()
    stop(milestone.award, by=officer, reason="x")

    with pytest.raises(Refused):
        submit(second, by=cast.person(), report="x", files=[cast.pdf()])
    with pytest.raises(Refused):
        accept(milestone, by=officer)

    assert (stored(milestone).state, stored(second).state) == ("submitted", "planned")


def test_waived_milestone_gives_its_amount_back_to_the_round():
    milestone = cast.reported()

    waive(milestone, by=cast.person("officer"), reason="不再需要")

    assert (stored(milestone).state, balance("committed"), balance("allocated")) == (
        "waived",
        "70000.00",
        "930000.00",
    )


def test_milestone_of_an_ended_award_cannot_be_waived_on_the_money_of_others():
    milestone, officer = cast.reported(), cast.person("officer")
    awards.terminate(milestone.award, by=officer, reason="x")

    with pytest.raises(Refused):
        waive(milestone, by=officer, reason="x")

    with pytest.raises(Refused):
        return_report(milestone, by=officer, answer="x")
    assert (stored(milestone).state, balance("allocated")) == ("submitted", "1000000.00")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [return_report, waive])
def test_report_accepted_and_not_at_once_is_one_of_both(other):
    """Waiving may follow returning, but nothing follows accepting and nothing precedes it."""
    milestone, officer = cast.reported(), cast.person("officer")
    words = {"answer": "x"} if other is return_report else {"reason": "x"}

    made = together(
        lambda: accept(stored(milestone), by=officer).state,
        lambda: other(stored(milestone), by=officer, **words).state,
        lambda: accept(stored(milestone), by=officer).state,
    )

    states = [found for found in made if isinstance(found, str)]
    assert states == [stored(milestone).state]
    assert [type(found).__name__ for found in made].count("Refused") == 2


def test_milestone_is_late_from_the_day_after_it_was_due():
    milestone = first()
    due = milestone.due_on

    def late_after(days: int) -> tuple[bool, int]:
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            return stored(milestone).is_late, Milestone.objects.overdue().count()

    assert due == timezone.localdate() + timedelta(days=30)
    assert [late_after(30), late_after(31), late_after(61)] == [(False, 0), (True, 1), (True, 2)]
    submit(milestone, by=cast.person(), report="x", files=[cast.pdf()])
    assert late_after(31) == (False, 0)


def test_milestone_of_an_ended_award_is_never_late():
    milestone = first()
    awards.terminate(milestone.award, by=cast.person("officer"), reason="x")

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert (stored(milestone).is_late, Milestone.objects.overdue().count()) == (False, 0)


@pytest.mark.parametrize("change", ["amount = 0", "amount = -1", "state = 'paid'", "number = 2"])
def test_milestone_by_raw_sql_against_the_rules_is_refused(change):
    milestone = first()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE grants_milestone SET {change} WHERE id = %s", [milestone.pk])


@pytest.mark.parametrize(
    ("handle", "seen"), [("applicant", 2), ("stranger", 0), ("reviewer", 0), ("officer", 2)]
)
def test_milestones_are_visible_to_the_grantee_and_the_desk(handle, seen):
    first()

    assert Milestone.objects.visible_to(cast.person(handle)).count() == seen


def test_report_takes_ten_files_at_most():
    milestone = cast.accepted().milestones.first()
    files = [cast.pdf(f"{number}.pdf") for number in range(11)]

    with pytest.raises(Refused) as refused:
        submit(milestone, by=cast.person(), report="done", files=files)

    assert list(refused.value.problems) == ["file"]
    milestone.refresh_from_db()
    assert (milestone.state, milestone.evidence.count()) == ("planned", 0)
