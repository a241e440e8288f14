"""Decisions at the desk: confirmed by another person, released to the applicant, or discarded."""

import pytest

from grants.accounts.services import grant_role
from grants.applications.services.drafts import withdraw
from grants.awards import services
from grants.awards.models import Award, Decision
from grants.ledger.models import LedgerAccount
from grants.reviews.services import reopen_review
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

LIST = "/admin/decisions/"
MAY = {
    "confirm": ["approver"],
    "discard": ["officer", "approver"],
    "release": ["officer", "approver"],
}


def page(decision) -> str:
    return f"{LIST}{decision.pk}/"


def verb(decision, name: str) -> str:
    return f"{page(decision)}{name}/"


def listed(response) -> list[int]:
    return [decision.pk for decision in response.context["page"]]


def left(slug: str = "round-1") -> str:
    return str(LedgerAccount.objects.get(place="allocated", owner=slug).balance)


def state_of(decision) -> str:
    return Decision.objects.get(pk=decision.pk).state


@pytest.fixture
def decision():
    return cast.proposed()


@pytest.fixture
def confirmed(decision):
    services.confirm(decision, by=cast.person("approver"))
    return Decision.objects.get(pk=decision.pk)


def test_approver_confirms_and_the_award_is_committed(at_desk, decision):
    approver = at_desk("approver")
    assert verbs_on(approver.get(page(decision))) == ["confirm", "discard"]

    response = approver.post(verb(decision, "confirm"), follow=True)

    decision.refresh_from_db()
    assert response.redirect_chain == [(page(decision), 302)]
    assert told(response) == ["The decision is confirmed."]
    assert (decision.state, decision.confirmed_by) == ("confirmed", cast.person("approver"))
    assert (str(Award.objects.get().amount), left()) == ("100000.00", "900000.00")
    assert verbs_on(response) == ["release"]


def test_confirmed_decline_makes_no_award(at_desk):
    decision = cast.proposed(outcome="decline")
    approver = at_desk("approver")
    assert approver.get(page(decision)).context["left_after"] is None

    approver.post(verb(decision, "confirm"))

    assert (state_of(decision), Award.objects.count(), left()) == ("confirmed", 0, "1000000.00")


def test_officer_releases_to_the_applicant(at_desk, confirmed):
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(confirmed))) == ["release"]

    response = officer.post(verb(confirmed, "release"), follow=True)

    confirmed.refresh_from_db()
    assert told(response) == ["The applicant is told."]
    assert (confirmed.state, confirmed.application.state) == ("released", "decided")
    assert verbs_on(response) == []


@pytest.mark.parametrize("reason", ["", "The amount is wrong."])
def test_discarded_proposal_makes_room_for_a_new_one(at_desk, decision, reason):
    response = at_desk("officer").post(verb(decision, "discard"), {"reason": reason}, follow=True)

    again = services.propose(
        decision.application, by=cast.person("officer"), outcome="decline", reasons="x"
    )
    assert told(response) == ["The proposal is discarded. A new one can be made."]
    assert (state_of(decision), again.state) == ("discarded", "proposed")


def test_discarding_with_too_many_words_keeps_them_and_changes_nothing(at_desk, decision):
    response = at_desk("officer").post(verb(decision, "discard"), {"reason": "x" * 1001})

    sentence = "Ensure this value has at most 1000 characters (it has 1001)."
    assert beside(response, "id_discard_reason") == f"Error: {sentence}"
    assert told(response) == [f"Why it is discarded: {sentence}"]
    assert form_of(response, "discard")["reason"].value() == "x" * 1001
    assert state_of(decision) == "proposed"


def test_page_shows_what_the_round_has_left(at_desk, decision):
    context = at_desk("auditor").get(page(decision)).context

    assert (str(context["left"]), str(context["left_after"])) == ("1000000.00", "900000.00")
    assert (context["is_own"], context["is_stale"], context["sheet"].submitted) == (False, False, 1)


def test_own_proposal_is_refused_in_words(at_desk, decision):
    grant_role(cast.person("officer"), "approver", by=None)
    officer = at_desk("officer")
    before = officer.get(page(decision))

    response = officer.post(verb(decision, "confirm"))

    assert (before.context["is_own"], verbs_on(before)) == (True, ["discard"])
    assert told(response) == ["You proposed this decision. Another person must confirm it."]
    assert (state_of(decision), Award.objects.count(), left()) == ("proposed", 0, "1000000.00")


def test_award_beyond_the_budget_is_refused_in_words(at_desk):
    round = cast.open_round(budget="500000.00")
    cases = [cast.submitted(owner, round=round, amount="300000.00") for owner in ("ann", "bob")]
    words = {"by": cast.person("officer"), "outcome": "award", "amount": "300000", "reasons": "x"}
    for case in cases:
        cast.reviewed(cast.screened(case))
    first, second = [services.propose(case, **words) for case in cases]
    services.confirm(first, by=cast.person("approver"))

    response = at_desk("approver").post(verb(second, "confirm"))

    assert told(response) == [
        "There is not enough money: Allocated to a round holds ¥200,000.00, ¥300,000.00 is needed."
    ]
    assert (state_of(first), state_of(second)) == ("confirmed", "proposed")
    assert (Award.objects.count(), left()) == (1, "200000.00")


def test_stale_proposal_is_refused_in_words(at_desk, decision):
    review = decision.application.assignments.get().review
    reopen_review(review, by=cast.person("officer"), reason="one score is missing")
    approver = at_desk("approver")
    assert approver.get(page(decision)).context["is_stale"] is True

    response = approver.post(verb(decision, "confirm"))

    assert told(response) == [
        "The application or its reviews changed after this was proposed. Propose it again."
    ]
    assert (state_of(decision), Award.objects.count()) == ("proposed", 0)


def test_proposal_for_a_withdrawn_application_is_refused_in_words(at_desk, decision):
    withdraw(decision.application, by=cast.person())

    response = at_desk("approver").post(verb(decision, "confirm"))

    assert told(response) == ["The application is no longer in review. Discard this proposal."]
    assert (state_of(decision), Award.objects.count()) == ("proposed", 0)


@pytest.mark.parametrize(
    ("steps", "name", "state"),
    [
        (["confirm"], "confirm", "Confirmed"),
        (["confirm"], "discard", "Confirmed"),
        ([], "release", "Proposed"),
        (["confirm", "release"], "release", "Released"),
        (["discard"], "discard", "Discarded"),
        (["discard"], "confirm", "Discarded"),
    ],
)
def test_verb_that_came_too_late_is_refused_in_words(at_desk, decision, steps, name, state):
    approver = at_desk("approver")
    for step in steps:
        approver.post(verb(decision, step))
    before = Decision.objects.values().get(), Award.objects.count(), left()
    approver.get(page(decision))  # shows what the steps told

    response = approver.post(verb(decision, name))

    assert told(response) == [f"This is no longer possible: it is now “{state}”. Reload the page."]
    assert (Decision.objects.values().get(), Award.objects.count(), left()) == before


def test_pages_open_for_the_deciding_desk_only(at_desk, decision):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(page(decision), at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("name", MAY)
def test_verb_is_shut_for_everybody_else(at_desk, decision, name):
    if name == "release":
        services.confirm(decision, by=cast.person("approver"))
    before, others = state_of(decision), without(*MAY[name])

    found = answers(verb(decision, name), {}, of=others, at_desk=at_desk)

    assert found == {handle: open_to()[handle] for handle in others}
    assert state_of(decision) == before


def test_verbs_are_offered_to_who_may_only(at_desk, decision):
    assert offered(page(decision), at_desk=at_desk) == {
        "approver": ["confirm", "discard"],
        "officer": ["discard"],
    }


def test_decision_on_an_own_case_is_not_found_at_the_desk(at_desk, confirmed):
    join(confirmed.application, "approver")
    approver = at_desk("approver")
    assert listed(approver.get(LIST)) == []
    assert approver.get(page(confirmed)).status_code == 404
    assert approver.post(verb(confirmed, "release")).status_code == 404
    assert state_of(confirmed) == "confirmed"

    at_desk("officer").post(verb(confirmed, "release"))

    assert approver.get(page(confirmed)).status_code == 404
    assert [approver.post(verb(confirmed, name)).status_code for name in MAY] == [404, 404, 404]


def test_unknown_verb_is_not_found_and_a_link_leads_back(at_desk, decision):
    approver = at_desk("approver")

    assert approver.post(verb(decision, "erase")).status_code == 404
    assert approver.get(verb(decision, "confirm")).url == page(decision)
    assert approver.get(f"{LIST}{decision.pk + 1}/").status_code == 404
    assert state_of(decision) == "proposed"


def test_list_is_filtered_by_state_and_outcome(at_desk):
    round = cast.open_round()
    cases = [cast.submitted(owner, round=round) for owner in ("ann", "bob")]
    words = {"by": cast.person("officer"), "reasons": "x", "amount": "1000"}
    for case in cases:
        cast.reviewed(cast.screened(case))
    award, waits = [
        services.propose(case, outcome=outcome, **words)
        for case, outcome in zip(cases, ("award", "waitlist"), strict=True)
    ]
    services.confirm(award, by=cast.person("approver"))
    officer = at_desk("officer")

    assert listed(officer.get(LIST)) == [waits.pk, award.pk]
    assert listed(officer.get(LIST, {"state": "confirmed"})) == [award.pk]
    assert listed(officer.get(LIST, {"outcome": "waitlist"})) == [waits.pk]
    assert listed(officer.get(LIST, {"outcome": "waitlist", "state": "confirmed"})) == []


@pytest.mark.parametrize("query", [*ODD_QUERIES, "outcome=%00"])
def test_odd_query_filters_nothing(at_desk, decision, query):
    response = at_desk("officer").get(f"{LIST}?{query}")

    assert response.status_code == 200


def test_pages_cost_the_same_at_1_and_30_rows(at_desk, decision, django_assert_num_queries):
    officer = at_desk("officer")
    with django_assert_num_queries(4):  # session, person, roles, decisions
        officer.get(LIST)
    with django_assert_num_queries(14):
        officer.get(page(decision))

    clones.decisions(decision, 29)
    clones.reviews_of(decision.application.assignments.get().review, 29)

    with django_assert_num_queries(4):
        assert len(listed(officer.get(LIST))) == 30
    with django_assert_num_queries(14):
        assert len(officer.get(page(decision)).context["sheet"].rows) == 30
