"""Awards: accepted in time, declined, suspended, ended; the money goes back where it came from."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from grants.accounts.models import User
from grants.accounts.services import add_member
from grants.awards import services as awards
from grants.awards.models import Award
from grants.core.errors import Refused
from grants.core.money import split, to_fen
from grants.ledger.checks import check_ledger
from grants.ledger.models import LedgerAccount
from grants.milestones.models import Milestone
from grants.milestones.services import accept_award, waive
from grants.payouts.services.due import accept_milestone
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def balance(place: str) -> str:
    return str(sum(LedgerAccount.objects.filter(place=place).values_list("balance", flat=True)))


def state() -> str:
    return Award.objects.get().state


def test_accepting_makes_the_milestones_that_were_offered():
    award = cast.offered(amount="100000.01")

    accept_award(award, by=cast.person())

    today = timezone.localdate()
    rows = Milestone.objects.order_by("number").values_list("number", "amount", "due_on", "state")
    assert [(number, str(amount), due, state) for number, amount, due, state in rows] == [
        (1, "30000.00", today + timedelta(days=30), "planned"),
        (2, "70000.01", today + timedelta(days=60), "planned"),
    ]
    assert (state(), balance("committed")) == ("accepted", "100000.01")


@given(st.decimals("0.01", 10**9, places=2), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_plan_sums_to_the_amount(amount, shares):
    assert sum(split(to_fen(amount), shares)) == amount


@pytest.mark.django_db(transaction=True)
def test_award_accepted_by_four_clicks_has_its_milestones_once():
    award, by = cast.offered(), cast.person()

    made = together(*[lambda: accept_award(Award.objects.get(pk=award.pk), by=by)] * 4)

    assert sorted(type(found).__name__ for found in made) == ["Award"] + ["Refused"] * 3
    assert Milestone.objects.count() == 2


def test_accepting_after_the_deadline_is_refused():
    award, by = cast.offered(), cast.person()

    with time_machine.travel(timezone.now() + timedelta(days=13)):
        assert award.accept_by > timezone.now()
    with time_machine.travel(timezone.now() + timedelta(days=15)), pytest.raises(Refused):
        accept_award(award, by=by)

    assert (state(), Milestone.objects.count()) == ("offered", 0)


def test_accepting_before_the_release_is_refused():
    award = awards.confirm(cast.proposed(), by=cast.person("approver"))

    with pytest.raises(Refused):
        accept_award(award, by=cast.person())

    assert (state(), Milestone.objects.count()) == ("offered", 0)


@pytest.mark.parametrize("handle", ["editor", "viewer", "stranger", "officer", "superuser"])
def test_only_who_may_bind_the_grantee_answers(handle):
    award, person = cast.offered(), cast.person(handle)
    if handle in ("editor", "viewer"):
        add_member(award.organisation, by=cast.person(), email=person.email, role=handle)
        person = User.objects.get(pk=person.pk)

    for deed in (accept_award, awards.decline):
        with pytest.raises(PermissionDenied):
            deed(award, by=person)

    assert state() == "offered"


def test_declining_gives_the_money_back_to_the_round():
    award = cast.offered()

    awards.decline(award, by=cast.person(), reason="另有安排")

    assert (state(), balance("allocated"), balance("committed")) == (
        "declined",
        "1000000.00",
        "0.00",
    )
    with pytest.raises(Refused):
        accept_award(award, by=cast.person())
    assert Milestone.objects.count() == 0


def test_suspended_award_stands_still_until_it_is_resumed():
    milestone = cast.reported()
    award = milestone.award
    officer = cast.person("officer")

    awards.suspend(award, by=officer, reason="核查中")
    with pytest.raises(Refused):
        accept_milestone(milestone, by=officer)
    assert (state(), Milestone.objects.get(pk=milestone.pk).state) == ("suspended", "submitted")

    awards.resume(award, by=officer)
    accept_milestone(milestone, by=officer)
    assert (state(), Milestone.objects.get(pk=milestone.pk).state) == ("active", "accepted")


def test_terminating_gives_back_what_is_not_payable_yet():
    payout = cast.due_payout()

    awards.terminate(payout.award, by=cast.person("officer"), reason="违约")

    assert (state(), balance("payable"), balance("committed"), balance("allocated")) == (
        "terminated",
        "30000.00",
        "0.00",
        "970000.00",
    )
    assert check_ledger().differences == []


@pytest.mark.parametrize("deed", [awards.suspend, awards.terminate])
def test_stopping_an_award_needs_an_officer_and_a_reason(deed):
    award = cast.accepted()

    with pytest.raises(Refused) as refused:
        deed(award, by=cast.person("officer"), reason=" ")
    assert list(refused.value.problems) == ["reason"]
    for handle in ("applicant", "approver", "controller", "superuser"):
        with pytest.raises(PermissionDenied):
            deed(award, by=cast.person(handle), reason="x")

    assert state() == "accepted"


@pytest.mark.django_db(transaction=True)
def test_waiving_and_terminating_at_once_never_deadlock():
    award, officer = cast.accepted(), cast.person("officer")
    first, second = award.milestones.all()

    made = together(
        lambda: awards.terminate(Award.objects.get(), by=officer, reason="x"),
        lambda: waive(Milestone.objects.get(pk=first.pk), by=officer, reason="x").state,
        lambda: waive(Milestone.objects.get(pk=second.pk), by=officer, reason="x").state,
    )

    assert {type(found).__name__ for found in made} <= {"NoneType", "str", "Refused"}
    assert (state(), balance("committed"), balance("allocated")) == (
        "terminated",
        "0.00",
        "1000000.00",
    )
