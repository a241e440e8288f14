"""Decisions are proposed by an officer, within the limits, on submitted reviews."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from grants.applications.models import Application
from grants.awards.models import Decision
from grants.awards.services import propose
from grants.core.errors import Refused
from grants.ledger.models import LedgerAccount
from tests import cast

pytestmark = pytest.mark.django_db


def allocated(slug: str = "round-1") -> str:
    return str(LedgerAccount.objects.get(place="allocated", owner=slug).balance)


def committed() -> list[str]:
    rows = LedgerAccount.objects.filter(place="committed").order_by("pk")
    return [str(balance) for balance in rows.values_list("balance", flat=True)]


def reviewed_application(owner: str = "applicant", **more) -> Application:
    application = cast.in_review(owner, **more)
    cast.reviewed(application)
    return application


def award_of(amount, application: Application) -> Decision:
    return propose(
        application, by=cast.person("officer"), outcome="award", amount=amount, reasons="好"
    )


@pytest.mark.parametrize("amount", ["1000", "200000.00", Decimal("1500.5")])
def test_proposal_within_the_limits_is_taken(amount):
    decision = award_of(amount, reviewed_application())

    assert (decision.state, decision.outcome) == ("proposed", "award")
    assert decision.amount == Decimal(amount)
    assert committed() == []


@pytest.mark.parametrize(
    "amount",
    [
        "999.99",
        "200000.01",
        "500000.01",
        "-5000",
        "0",
        "",
        None,
        "a lot",
        "NaN",
        "Infinity",
        "1e99",
    ],
)
def test_proposal_outside_the_limits_is_refused(amount):
    application = reviewed_application()

    with pytest.raises(Refused) as refused:
        award_of(amount, application)

    assert list(refused.value.problems) == ["amount"]
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("outcome", ["waitlist", "decline"])
def test_proposal_without_an_award_has_no_amount(outcome):
    decision = propose(
        reviewed_application(),
        by=cast.person("officer"),
        outcome=outcome,
        amount="5000",
        reasons="x",
    )

    assert (decision.outcome, decision.amount) == (outcome, None)


def test_proposal_needs_reasons_a_review_and_one_at_a_time():
    rows = [cast.submitted(owner) for owner in ("bare", "applicant")]
    bare, application = (cast.screened(row) for row in rows)
    officer = cast.person("officer")

    with pytest.raises(Refused):
        propose(bare, by=officer, outcome="decline", reasons="x")
    cast.reviewed(application)
    with pytest.raises(Refused) as refused:
        propose(application, by=officer, outcome="decline", reasons=" ")
    assert list(refused.value.problems) == ["reasons"]
    propose(application, by=officer, outcome="decline", reasons="x")
    with pytest.raises(Refused):
        propose(application, by=officer, outcome="award", amount="1000", reasons="x")

    assert Decision.objects.count() == 1


@pytest.mark.parametrize("handle", ["approver", "reviewer", "applicant", "superuser"])
def test_only_an_officer_proposes(handle):
    application = reviewed_application()

    with pytest.raises(PermissionDenied):
        propose(application, by=cast.person(handle), outcome="decline", reasons="x")

    assert Decision.objects.count() == 0
