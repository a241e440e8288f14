"""The desk's pages of conflicts of interest."""

import pytest

from grants.applications.models import ConflictOfInterest, StandingConflict
from grants.reviews.models import Assignment
from tests import cast
from tests.admin.conftest import answers, errors_of, open_to, verbs_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LIST = "/admin/conflicts/"
STANDING = "/admin/standing-conflicts/"
READERS = ("officer", "approver", "finance", "controller", "auditor", "administrator")
WORDS = {"kind": "family", "note": "My brother works there."}


def conflict(application, handle="reviewer"):
    return ConflictOfInterest.objects.create(
        application=application, person=cast.person(handle), kind="family", source="declared"
    )


def page(row) -> str:
    return f"{LIST}{row.pk}/"


def door(application, verb) -> str:
    return f"/admin/case-conflicts/{application.reference}/{verb}/"


def test_list_is_for_the_readers_of_the_desk_and_administrators(at_desk):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)


def test_list_shows_what_fits_and_nothing_of_who_is_barred(at_desk):
    other = cast.submitted("ann")
    row = conflict(cast.in_review())
    conflict(other, "auditor")

    shown = at_desk("officer").get(LIST, {"state": "reported"}).context["page"]
    assert len(list(shown)) == 2
    assert list(at_desk("auditor").get(LIST).context["page"]) == [row]
    assert list(at_desk("officer").get(LIST, {"state": "dismissed"}).context["page"]) == []


def test_officer_judges_with_a_reason(at_desk):
    row = conflict(cast.in_review())
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(row))) == ["confirm", "dismiss"]

    assert officer.post(page(row) + "dismiss/", {"reason": " "}).status_code == 200
    officer.post(page(row) + "dismiss/", {"reason": "Not the same."})

    row.refresh_from_db()
    assert (row.state, row.judgement) == ("dismissed", "Not the same.")


def test_auditor_reads_and_judges_nothing(at_desk):
    row = conflict(cast.in_review())
    auditor = at_desk("auditor")

    assert verbs_on(auditor.get(page(row))) == []
    assert auditor.post(page(row) + "confirm/", {"reason": "x"}).status_code == 403


def test_officer_records_a_conflict_of_somebody_else(at_desk):
    application = cast.in_review()
    cast.reviewed(application)
    person = cast.person("reviewer")
    officer = at_desk("officer")

    wrong = officer.post(door(application, "record"), {"person": person.pk, "kind": "family"})
    assert errors_of(wrong) == {"note": ["This field is required."]}
    officer.post(door(application, "record"), WORDS | {"person": person.pk})

    assert ConflictOfInterest.objects.get().source == "officer"
    assert Assignment.objects.get().state == "recused"
    told = officer.get(f"/admin/applications/{application.reference}/").context["conflicts"]
    assert [row.person for row in told] == [person]


def test_who_declares_a_conflict_finds_the_application_no_more(at_desk):
    application = cast.in_review()
    approver = at_desk("approver")

    sent = approver.post(door(application, "declare"), WORDS)

    assert (sent.status_code, sent.url) == (302, "/admin/")
    assert approver.get(f"/admin/applications/{application.reference}/").status_code == 404
    assert approver.get(door(application, "declare")).status_code == 404


def test_stranger_to_the_case_declares_nothing(at_desk):
    application = cast.in_review()
    assert at_desk("reviewer").get(door(application, "declare")).status_code == 404
    assert at_desk("officer").get(door(application, "nothing")).status_code == 404
    assert at_desk("auditor").get(door(application, "record")).status_code == 403


def test_reviewer_names_an_organisation_and_another_ends_it(at_desk):
    application = cast.submitted()
    reviewer, officer = at_desk("reviewer"), at_desk("officer")
    wrong = reviewer.post(STANDING, {"organisation": "Nobody", "kind": "family"})
    assert list(errors_of(wrong)) == ["organisation"]

    reviewer.post(STANDING, {"organisation": str(application.organisation), "kind": "family"})

    row = StandingConflict.objects.get()
    assert list(reviewer.get(STANDING).context["own"]) == [row]
    assert reviewer.post(f"{STANDING}{row.pk}/end/", {"reason": "x"}).status_code == 403
    officer.post(f"{STANDING}{row.pk}/end/", {"reason": "Left."})
    row.refresh_from_db()
    assert row.end_reason == "Left."


def test_officer_has_the_data_of_a_round_asked(at_desk):
    application = cast.in_review()
    organisation = application.organisation
    organisation.legal_representative = "reviewer"
    organisation.save()
    cast.person("reviewer")

    sent = at_desk("officer").post(LIST + "find/", {"round": application.round.slug})

    assert (sent.status_code, ConflictOfInterest.objects.get().kind) == (302, "representative")
    assert at_desk("auditor").post(LIST + "find/", {"round": "round-1"}).status_code == 403
    assert at_desk("officer").post(LIST + "find/", {"round": "none"}).status_code == 404


def test_pages_cost_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    application = cast.in_review()
    row = conflict(application)
    officer = at_desk("officer")
    with django_assert_num_queries(5):  # session, person, roles, conflicts, rounds
        officer.get(LIST)
    with django_assert_num_queries(7):
        officer.get(page(row))
    for number in range(29):
        person = cast.person(f"someone{number}")
        ConflictOfInterest.objects.create(
            application=application, person=person, kind="family", source="declared"
        )
    with django_assert_num_queries(5):
        assert len(list(officer.get(LIST).context["page"])) == 30
    with django_assert_num_queries(7):
        officer.get(page(row))
