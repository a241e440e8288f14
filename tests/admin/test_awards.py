"""Awards at the desk: how far one got, putting it on hold, ending it."""

import pytest

from grants.awards import services
from grants.awards.models import Award
from grants.ledger.models import LedgerAccount
from grants.payouts.services import due
from tests import cast, many
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

LIST = "/admin/awards/"
WORDS = {"reason": "The team has left."}


def page(award) -> str:
    return f"{LIST}{award.reference}/"


def verb(award, name: str) -> str:
    return f"{page(award)}{name}/"


def listed(response) -> list[str]:
    return [award.reference for award in response.context["page"]]


def balances() -> dict[str, str]:
    places = LedgerAccount.objects.filter(place__in=["allocated", "committed", "payable"])
    return {place: str(balance) for place, balance in places.values_list("place", "balance")}


def state_of(award) -> str:
    return Award.objects.get(pk=award.pk).state


@pytest.fixture
def award():
    return cast.accepted()


def test_officer_suspends_and_resumes(at_desk, award):
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(award))) == ["suspend", "terminate"]

    held = officer.post(verb(award, "suspend"), WORDS, follow=True)

    assert held.redirect_chain == [(page(award), 302)]
    assert told(held) == [
        "The award is suspended: nothing is accepted or paid until it is resumed."
    ]
    assert (state_of(award), verbs_on(held)) == ("suspended", ["resume", "terminate"])

    resumed = officer.post(verb(award, "resume"), follow=True)

    assert told(resumed) == ["The award is in force again."]
    assert state_of(award) == "active"


def test_ended_award_gives_back_what_is_not_payable_yet(at_desk):
    payout = cast.due_payout()
    before = balances()

    response = at_desk("officer").post(verb(payout.award, "terminate"), WORDS, follow=True)

    assert before == {"allocated": "900000.00", "committed": "70000.00", "payable": "30000.00"}
    assert balances() == {"allocated": "970000.00", "committed": "0.00", "payable": "30000.00"}
    assert state_of(payout.award) == "terminated"
    assert told(response) == [
        "The award is ended; what was not payable yet went back to the round."
    ]
    assert verbs_on(response) == []


@pytest.mark.parametrize("name", ["suspend", "terminate"])
@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (" ", "This field is required."),
        ("x" * 1001, "Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)
def test_verb_without_a_proper_reason_is_refused_beside_it(at_desk, award, name, reason, sentence):
    before = balances()

    response = at_desk("officer").post(verb(award, name), {"reason": reason})

    assert beside(response, f"id_{name}_reason") == f"Error: {sentence}"
    assert told(response) == [f"Reason: {sentence}"]
    assert form_of(response, name)["reason"].value() == reason
    assert (state_of(award), balances()) == ("accepted", before)


@pytest.mark.parametrize(
    ("steps", "name", "state"),
    [
        ([], "resume", "Accepted"),
        (["suspend"], "suspend", "Suspended"),
        (["suspend", "resume"], "resume", "Active"),
        (["terminate"], "terminate", "Terminated"),
        (["terminate"], "suspend", "Terminated"),
    ],
)
def test_verb_that_came_too_late_is_refused_in_words(at_desk, award, steps, name, state):
    officer = at_desk("officer")
    for step in steps:
        officer.post(verb(award, step), WORDS)
    before = Award.objects.values().get(), balances()
    officer.get(page(award))  # shows what the steps told

    response = officer.post(verb(award, name), WORDS)

    assert told(response) == [f"This is no longer possible: it is now “{state}”. Reload the page."]
    assert (Award.objects.values().get(), balances()) == before
    if name != "resume":
        assert form_of(response, name)["reason"].value() == WORDS["reason"]


@pytest.mark.parametrize("name", ["suspend", "terminate"])
def test_award_that_is_only_offered_cannot_be_held_or_ended(at_desk, name):
    award = cast.offered()
    officer = at_desk("officer")
    assert verbs_on(officer.get(page(award))) == []

    response = officer.post(verb(award, name), WORDS)

    assert told(response) == ["This is no longer possible: it is now “Offered”. Reload the page."]
    assert state_of(award) == "offered"


def test_page_shows_milestones_and_money(at_desk):
    award = cast.due_payout().award

    context = at_desk("auditor").get(page(award)).context

    assert [str(milestone.amount) for milestone in context["milestones"]] == [
        "30000.00",
        "70000.00",
    ]
    assert {place: str(held) for place, held in context["balances"].items()} == {
        "committed": "70000.00",
        "payable": "30000.00",
    }
    assert context["lacking"] == []


def test_page_names_what_an_accepted_milestone_waits_for(at_desk):
    milestone = cast.reported()
    due.accept_milestone(milestone, by=cast.person("officer"))
    services.suspend(milestone.award, by=cast.person("officer"), reason="x")

    context = at_desk("officer").get(page(milestone.award)).context

    assert context["lacking"] == [
        "The award is not in force.",
        "The grantee's account is not verified yet.",
    ]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (cast.proposed, "The decision has not been released to the applicant yet."),
        (cast.offered, "The grantee can accept until"),
    ],
)
def test_page_of_an_award_that_waits_says_for_what(at_desk, make, sentence):
    made = make()
    award = made if isinstance(made, Award) else services.confirm(made, by=cast.person("approver"))

    assert sentence in at_desk("officer").get(page(award)).content.decode()


def test_pages_open_for_the_deciding_desk_only(at_desk, award):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(page(award), at_desk=at_desk) == open_to(*READERS)


@pytest.mark.parametrize("name", ["suspend", "resume", "terminate"])
def test_verb_is_shut_for_everybody_but_officers(at_desk, award, name):
    if name == "resume":
        services.suspend(award, by=cast.person("officer"), reason="x")
    before, others = state_of(award), without("officer")

    found = answers(verb(award, name), WORDS, of=others, at_desk=at_desk)

    assert found == {handle: open_to()[handle] for handle in others}
    assert state_of(award) == before


def test_verbs_are_offered_to_officers_only(at_desk, award):
    assert offered(page(award), at_desk=at_desk) == {"officer": ["suspend", "terminate"]}


def test_officer_of_the_grantee_finds_nothing_of_the_award_at_the_desk(at_desk, award):
    join(award.application, "officer")
    officer = at_desk("officer")

    assert officer.get(page(award)).status_code == 404
    assert officer.post(verb(award, "suspend"), WORDS).status_code == 404
    assert officer.post(verb(award, "terminate"), WORDS).status_code == 404
    assert state_of(award) == "accepted"


@pytest.mark.parametrize("reference", ["AWD-2020-000001", "%00"])
def test_unknown_award_or_verb_is_not_found(at_desk, award, reference):
    officer = at_desk("officer")

    assert officer.get(f"{LIST}{reference}/").status_code == 404
    assert officer.post(f"{LIST}{reference}/suspend/", WORDS).status_code == 404
    assert officer.post(verb(award, "erase"), WORDS).status_code == 404
    assert officer.get(verb(award, "suspend")).url == page(award)
    assert state_of(award) == "accepted"


def test_list_is_filtered_by_state(at_desk):
    ann = cast.offered("ann")
    bob = cast.accepted("bob", round=cast.open_round("other"))
    officer = at_desk("officer")

    assert listed(officer.get(LIST)) == [bob.reference, ann.reference]
    assert listed(officer.get(LIST, {"state": "accepted"})) == [bob.reference]
    assert listed(officer.get(LIST, {"state": "terminated"})) == []


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_odd_query_is_no_error(at_desk, award, query):
    assert at_desk("officer").get(f"{LIST}?{query}").status_code == 200


def test_pages_cost_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    payout = cast.due_payout()
    officer = at_desk("officer")
    with django_assert_num_queries(4):  # session, person, roles, awards
        officer.get(LIST)
    with django_assert_num_queries(12):
        officer.get(page(payout.award))

    clones.awards(payout.award, 29)
    many.copies(payout, 28)

    with django_assert_num_queries(4):
        assert len(listed(officer.get(LIST))) == 30
    with django_assert_num_queries(12):
        assert len(officer.get(page(payout.award)).context["milestones"]) == 30
