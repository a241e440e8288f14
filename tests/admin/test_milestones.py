"""Milestones at the desk: a report is accepted, returned or waived."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grants.awards import services as awards
from grants.ledger.models import LedgerAccount
from grants.milestones.models import Milestone
from grants.payouts.models import Payout
from tests import cast
from tests.admin import clones
from tests.admin.conftest import (
    ODD_QUERIES,
    READERS,
    answers,
    beside,
    form_of,
    join,
    offered,
    open_to,
    told,
    verbs_on,
    without,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/milestones/"
WORDS = {"answer": "Well done.", "reason": "The market has changed."}


def page(milestone) -> str:
    return f"{LIST}{milestone.pk}/"


def verb(milestone, name: str) -> str:
    return f"{page(milestone)}{name}/"


def listed(response) -> list[str]:
    return [milestone.reference for milestone in response.context["page"]]


def balances() -> dict[str, str]:
    places = LedgerAccount.objects.filter(place__in=["allocated", "committed", "payable"])
    return {place: str(balance) for place, balance in places.values_list("place", "balance")}


def told_of(milestone) -> tuple[str, str]:
    found = Milestone.objects.get(pk=milestone.pk)
    return found.state, found.answer


@pytest.fixture
def report():
    return cast.reported()


@pytest.mark.parametrize("answer", ["", "Well done."])
def test_accepted_report_makes_its_payout_due(at_desk, report, answer):
    cast.verified_payee()
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(report))) == ["accept", "return", "waive"]

    response = officer.post(verb(report, "accept"), {"answer": answer}, follow=True)

    payout = Payout.objects.get()
    assert response.redirect_chain == [(page(report), 302)]
    assert told(response) == ["The milestone is accepted."]
    assert told_of(report) == ("accepted", answer)
    assert (str(payout.net), payout.state) == ("30000.00", "due")
    assert (response.context["payouts"], response.context["lacking"]) == ([payout], [])
    assert verbs_on(response) == []


def test_accepted_report_waits_for_a_verified_account(at_desk, report):
    response = at_desk("officer").post(verb(report, "accept"), follow=True)

    assert response.context["lacking"] == ["The grantee's account is not verified yet."]
    assert (told_of(report), Payout.objects.count()) == (("accepted", ""), 0)


def test_report_is_returned_with_what_is_missing(at_desk, report):
    response = at_desk("officer").post(verb(report, "return"), {"answer": "A demo."}, follow=True)

    assert told(response) == ["The grantee is asked for more."]
    assert told_of(report) == ("returned", "A demo.")
    assert verbs_on(response) == ["waive"]


def test_waived_milestone_gives_its_amount_back_to_the_round(at_desk, report):
    response = at_desk("officer").post(verb(report, "waive"), WORDS, follow=True)

    assert told(response) == ["The milestone is waived; its amount went back to the round."]
    assert told_of(report) == ("waived", WORDS["reason"])
    assert balances() == {"allocated": "930000.00", "committed": "70000.00"}


@pytest.mark.parametrize(
    ("name", "field", "label", "text", "sentence"),
    [
        ("return", "answer", "What is missing", " ", "This field is required."),
        ("waive", "reason", "Reason", " ", "This field is required."),
        (
            "accept",
            "answer",
            "Words to the grantee",
            "x" * 2001,
            "Ensure this value has at most 2000 characters (it has 2001).",
        ),
    ],
)
def test_verb_without_proper_words_is_refused_beside_them(
    at_desk, report, name, field, label, text, sentence
):
    before = balances()

    response = at_desk("officer").post(verb(report, name), {field: text})

    assert beside(response, f"id_{name}_{field}") == f"Error: {sentence}"
    assert told(response) == [f"{label}: {sentence}"]
    assert form_of(response, name)[field].value() == text
    assert (told_of(report), balances()) == (("submitted", ""), before)


def test_nothing_is_accepted_while_the_award_is_suspended(at_desk, report):
    awards.suspend(report.award, by=cast.person("officer"), reason="x")

    response = at_desk("officer").post(verb(report, "accept"), WORDS)

    assert told(response) == ["The award is “Suspended”: nothing can be reported or accepted now."]
    assert form_of(response, "accept")["answer"].value() == WORDS["answer"]
    assert told_of(report) == ("submitted", "")


@pytest.mark.parametrize(
    ("end", "verbs"), [(awards.suspend, ["return", "waive"]), (awards.terminate, [])]
)
def test_verbs_that_the_award_forbids_are_not_offered(at_desk, report, end, verbs):
    end(report.award, by=cast.person("officer"), reason="x")

    assert verbs_on(at_desk("officer").get(page(report))) == verbs


def test_waiving_in_an_ended_award_moves_no_money(at_desk, report):
    awards.terminate(report.award, by=cast.person("officer"), reason="x")
    before = balances()

    response = at_desk("officer").post(verb(report, "waive"), WORDS)

    assert form_of(response, "waive")["reason"].value() == WORDS["reason"]
    assert bool(told(response)) is True
    assert (told_of(report), balances()) == (("submitted", ""), before)


@pytest.mark.parametrize(
    ("steps", "name", "state"),
    [
        (["accept"], "accept", "Accepted"),
        (["accept"], "return", "Accepted"),
        (["accept"], "waive", "Accepted"),
        (["return"], "return", "Returned"),
        (["return"], "accept", "Returned"),
        (["waive"], "waive", "Waived"),
    ],
)
def test_verb_that_came_too_late_is_refused_in_words(at_desk, report, steps, name, state):
    cast.verified_payee()
    officer = at_desk("officer")
    for step in steps:
        officer.post(verb(report, step), WORDS)
    before = told_of(report), Payout.objects.count(), balances()
    officer.get(page(report))  # shows what the steps told

    response = officer.post(verb(report, name), WORDS)

    form = form_of(response, name)
    assert told(response) == [f"This is no longer possible: it is now “{state}”. Reload the page."]
    assert [form[field].value() for field in form.fields] == [WORDS[field] for field in form.fields]
    assert (told_of(report), Payout.objects.count(), balances()) == before


def test_milestone_without_a_report_can_only_be_waived(at_desk):
    planned = cast.accepted().milestones.first()
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(planned))) == ["waive"]

    response = officer.post(verb(planned, "accept"), WORDS)

    assert told(response) == ["This is no longer possible: it is now “Planned”. Reload the page."]
    assert told_of(planned) == ("planned", "")


def test_page_shows_the_report_and_its_evidence(at_desk, report):
    response = at_desk("auditor").get(page(report))

    evidence = response.context["evidence"].get()
    assert evidence.document.name == "evidence.pdf"
    assert response.context["milestone"].report == "做完了"
    assert at_desk("auditor").get(f"/documents/{evidence.document_id}/").status_code == 200


def test_pages_open_for_the_deciding_desk_only(at_desk, report):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(page(report), at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("name", ["accept", "return", "waive"])
def test_verb_is_shut_for_everybody_but_officers(at_desk, report, name):
    before, others = balances(), without("officer")

    found = answers(verb(report, name), WORDS, of=others, at_desk=at_desk)

    assert found == {handle: open_to()[handle] for handle in others}
    assert (told_of(report), balances()) == (("submitted", ""), before)


def test_verbs_are_offered_to_officers_only(at_desk, report):
    assert offered(page(report), at_desk=at_desk) == {"officer": ["accept", "return", "waive"]}


def test_officer_of_the_grantee_finds_nothing_of_the_report_at_the_desk(at_desk, report):
    join(report.award.application, "officer")
    officer = at_desk("officer")

    sent = [officer.post(verb(report, name), WORDS) for name in ("accept", "return", "waive")]

    assert officer.get(page(report)).status_code == 404
    assert [response.status_code for response in sent] == [404, 404, 404]
    assert told_of(report) == ("submitted", "")


def test_unknown_milestone_or_verb_is_not_found(at_desk, report):
    officer = at_desk("officer")

    assert officer.get(f"{LIST}{'9' * 25}/").status_code == 404
    assert officer.post(verb(report, "erase"), WORDS).status_code == 404
    assert officer.get(verb(report, "accept")).url == page(report)
    assert told_of(report) == ("submitted", "")


def test_list_is_filtered_by_state_and_by_being_late(at_desk, report):
    planned = report.award.milestones.get(number=2)
    officer = at_desk("officer")
    assert listed(officer.get(LIST, {"state": "late"})) == []

    yesterday = timezone.localdate() - timedelta(days=1)
    Milestone.objects.update(due_on=yesterday)

    assert listed(officer.get(LIST)) == [planned.reference, report.reference]
    assert listed(officer.get(LIST, {"state": "submitted"})) == [report.reference]
    assert listed(officer.get(LIST, {"state": "late"})) == [planned.reference]


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_odd_query_is_no_error(at_desk, report, query):
    assert at_desk("officer").get(f"{LIST}?{query}").status_code == 200


def test_pages_cost_the_same_at_1_and_30_rows(at_desk, report, django_assert_num_queries):
    officer = at_desk("officer")
    with django_assert_num_queries(4):  # session, person, roles, milestones
        officer.get(LIST)
    with django_assert_num_queries(10):
        officer.get(page(report))

    clones.milestones(report, 28)
    clones.evidence(report.evidence.get(), 29)

    with django_assert_num_queries(4):
        assert len(listed(officer.get(LIST))) == 30
    with django_assert_num_queries(10):
        assert len(officer.get(page(report)).context["evidence"]) == 30
