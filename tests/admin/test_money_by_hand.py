"""A payout of which nobody knows, at the desk: why, and the outcome that a controller enters."""

import pytest

from grants.payouts.rails.protocol import Outcome
from tests import cast
from tests.admin.test_money_payouts import page_of, verb, verbs_on
from tests.many import settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost():
    """A payout of which nobody knows."""
    payout = cast.due_payout("ann")
    cast.released_batch(payout)
    return settled(payout, Outcome.UNKNOWN, code="TIMEOUT", message="no answer")


BY_HAND = {"outcome": "paid", "reference": "B-77", "reason": "On the statement."}


def test_controller_enters_the_outcome_of_an_unknown_payout(client, lost):
    client.force_login(cast.person("controller"))
    assert verbs_on(client.get(page_of(lost))) == ["ask_now", "settle_by_hand"]

    response = client.post(verb(lost, "settle_by_hand"), BY_HAND)

    lost.refresh_from_db()
    assert response["Location"] == page_of(lost)
    assert lost.state == "paid"
    page = client.get(page_of(lost)).content.decode()
    assert "Entered by hand" in page
    assert "Outcome of the payout entered by hand" in page


@pytest.mark.parametrize("missing", list(BY_HAND))
def test_outcome_by_hand_needs_every_field(client, lost, missing):
    client.force_login(cast.person("controller"))

    response = client.post(verb(lost, "settle_by_hand"), BY_HAND | {missing: " "})

    lost.refresh_from_db()
    assert list(response.context["refused"].errors) == [missing]
    assert lost.state == "unknown"


@pytest.mark.parametrize("who", ["officer", "approver", "finance", "auditor"])
def test_nobody_else_enters_an_outcome(client, lost, who):
    client.force_login(cast.person(who))

    assert "settle_by_hand" not in verbs_on(client.get(page_of(lost)))
    assert client.post(verb(lost, "settle_by_hand"), BY_HAND).status_code == 403
    lost.refresh_from_db()
    assert lost.state == "unknown"


def test_page_says_why_nobody_knows(client, lost):
    client.force_login(cast.person("finance"))

    (attempt,) = client.get(page_of(lost)).context["attempts"]

    assert attempt.why == "No answer came in time. The payment may have been made."
