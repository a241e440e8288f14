"""Decisions are confirmed by another person, never stale and never over the budget; released."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from grants.accounts.models import User
from grants.accounts.services import grant_role
from grants.applications.models import Application
from grants.applications.services.drafts import withdraw
from grants.awards.models import Award, Decision
from grants.awards.services import confirm, discard, propose, release
from grants.core.errors import Refused
from grants.events.models import Event
from grants.ledger.checks import check_ledger
from grants.ledger.models import LedgerAccount
from grants.programs.models import Round
from grants.reviews.services import recuse, reopen_review
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def allocated(slug: str = "round-1") -> str:
    return str(LedgerAccount.objects.get(place="allocated", owner=slug).balance)


def committed() -> list[str]:
    rows = LedgerAccount.objects.filter(place="committed").order_by("pk")
    return [str(balance) for balance in rows.values_list("balance", flat=True)]


def award_of(amount, application: Application) -> Decision:
    return propose(
        application, by=cast.person("officer"), outcome="award", amount=amount, reasons="好"
    )


def test_confirmed_award_commits_its_money_and_plans_its_milestones():
    decision = cast.proposed(amount="100000.01")

    award = confirm(decision, by=cast.person("approver"))

    assert (allocated(), committed()) == ("899999.99", ["100000.01"])
    assert [item["amount"] for item in award.plan] == ["30000.00", "70000.01"]
    assert (award.state, award.accept_by) == ("offered", None)
    assert Award.objects.visible_to(cast.person()).count() == 0
    stored = Decision.objects.get()
    assert (stored.state, stored.confirmed_by) == ("confirmed", cast.person("approver"))


def test_confirmed_decline_commits_nothing():
    decision = cast.proposed(outcome="decline")

    assert confirm(decision, by=cast.person("approver")) is None
    assert (allocated(), Award.objects.count()) == ("1000000.00", 0)


def test_own_proposal_is_not_confirmed():
    decision, officer = cast.proposed(), cast.person("officer")
    grant_role(officer, "approver", by=cast.person("administrator"))

    with pytest.raises(Refused):
        confirm(decision, by=officer)

    assert Decision.objects.get().state == "proposed"
    assert committed() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grants_decision SET confirmed_by_id = proposed_by_id, confirmed_at = now(),"
        " state = 'confirmed'",
        "UPDATE grants_decision SET state = 'confirmed'",
        "UPDATE grants_decision SET state = 'released'",
        "UPDATE grants_decision SET amount = NULL",
        "UPDATE grants_decision SET amount = 0",
        "UPDATE grants_decision SET outcome = 'decline'",
    ],
)
def test_decision_by_raw_sql_against_the_rules_is_refused(statement):
    cast.proposed()
    before = Decision.objects.values().get()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Decision.objects.values().get() == before


@pytest.mark.parametrize("handle", ["reviewer", "finance", "applicant", "superuser"])
def test_only_an_approver_confirms(handle):
    decision = cast.proposed()

    with pytest.raises(PermissionDenied):
        confirm(decision, by=cast.person(handle))

    assert Decision.objects.get().state == "proposed"


def test_approver_who_belongs_to_the_applicant_does_not_confirm():
    decision, approver = cast.proposed(), cast.person("approver")
    decision.application.organisation.memberships.create(user=approver, role="viewer")

    with pytest.raises(PermissionDenied):
        confirm(decision, by=User.objects.get(pk=approver.pk))

    assert Decision.objects.get().state == "proposed"


def another_review(decision):
    cast.reviewed(decision.application, "reviewer2")


def review_reopened(decision):
    review = decision.application.assignments.get().review
    reopen_review(review, by=cast.person("officer"), reason="x")


def reviewer_recused(decision):
    recuse(decision.application.assignments.get(), by=cast.person("reviewer"), reason="x")


def applicant_withdrew(decision):
    withdraw(decision.application, by=cast.person())


@pytest.mark.parametrize(
    "change", [another_review, review_reopened, reviewer_recused, applicant_withdrew]
)
def test_proposal_that_went_stale_is_not_confirmed_and_can_be_discarded(change):
    decision = cast.proposed()
    change(decision)

    with pytest.raises(Refused):
        confirm(Decision.objects.get(), by=cast.person("approver"))

    assert (Decision.objects.get().state, committed(), allocated()) == (
        "proposed",
        [],
        "1000000.00",
    )
    discard(decision, by=cast.person("officer"))
    assert Decision.objects.get().state == "discarded"


def test_confirming_over_the_budget_is_refused_and_changes_nothing():
    round = cast.open_round(budget="500000.00")
    applications = [cast.submitted(owner, round=round, amount="300000.00") for owner in ("a", "b")]
    decisions = []
    for application in applications:
        cast.reviewed(cast.screened(application))
        decisions.append(award_of("300000.00", application))
    confirm(decisions[0], by=cast.person("approver"))
    before = Event.objects.count()

    with pytest.raises(Refused) as refused:
        confirm(decisions[1], by=cast.person("approver"))

    assert "200,000.00" in str(refused.value)
    assert "300,000.00" in str(refused.value)
    assert Decision.objects.get(pk=decisions[1].pk).state == "proposed"
    assert (allocated(), committed(), Award.objects.count()) == ("200000.00", ["300000.00"], 1)
    assert Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_two_approvers_on_the_last_money_award_once():
    round = cast.open_round(budget="500000.00")
    applications = [
        cast.submitted(owner, round=round, amount="300000.00") for owner in ("a", "b", "c")
    ]
    decisions = []
    for application in applications:
        cast.reviewed(cast.screened(application))
        decisions.append(award_of("300000.00", application))
    approver = cast.person("approver")

    made = together(*[lambda row=row: confirm(row, by=approver) for row in decisions])

    assert sorted(type(found).__name__ for found in made) == ["Award", "Refused", "Refused"]
    assert all("200,000.00" in str(found) for found in made if isinstance(found, Refused))
    assert (allocated(), Award.objects.count()) == ("200000.00", 1)
    assert sorted(Decision.objects.values_list("state", flat=True)) == [
        "confirmed",
        "proposed",
        "proposed",
    ]
    assert check_ledger().differences == []


@pytest.mark.django_db(transaction=True)
def test_decision_confirmed_by_four_clicks_makes_one_award():
    decision, approver = cast.proposed(), cast.person("approver")

    made = together(*[lambda: confirm(Decision.objects.get(pk=decision.pk), by=approver)] * 4)

    assert sorted(type(found).__name__ for found in made) == ["Award"] + ["Refused"] * 3
    assert committed() == ["100000.00"]


def test_release_tells_the_applicant_and_offers_the_award():
    decision = cast.proposed()
    confirm(decision, by=cast.person("approver"))

    release(Decision.objects.get(), by=cast.person("officer"))

    award = Award.objects.get()
    assert (award.accept_by - award.offered_at).days == 14
    assert Application.objects.get().state == "decided"
    assert Round.objects.get().state == "decided"
    assert list(Award.objects.visible_to(cast.person())) == [award]
    assert Event.objects.filter(kind="award.offer").count() == 1


def test_release_of_what_is_not_confirmed_is_refused():
    decision = cast.proposed()

    with pytest.raises(Refused):
        release(decision, by=cast.person("officer"))

    assert Application.objects.get().state == "in_review"


def test_release_after_the_applicant_withdrew_gives_the_money_back():
    decision = cast.proposed()
    confirm(decision, by=cast.person("approver"))
    withdraw(decision.application, by=cast.person())

    release(Decision.objects.get(), by=cast.person("officer"))

    assert (Decision.objects.get().state, Award.objects.get().state) == ("released", "declined")
    assert Application.objects.get().state == "withdrawn"
    assert (allocated(), committed()) == ("1000000.00", ["0.00"])
    assert not Event.objects.filter(kind="award.offer").exists()


@pytest.mark.parametrize(
    ("handle", "before", "after"),
    [("officer", 1, 1), ("auditor", 1, 1), ("applicant", 0, 1), ("stranger", 0, 0)],
)
def test_decision_is_visible_to_the_applicant_once_released(handle, before, after):
    decision, person = cast.proposed(), cast.person(handle)
    confirm(decision, by=cast.person("approver"))
    seen = [Decision.objects.visible_to(person).count()]

    release(Decision.objects.get(), by=cast.person("officer"))
    seen.append(Decision.objects.visible_to(person).count())

    assert seen == [before, after]
