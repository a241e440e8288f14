"""Funds and rounds: what opening needs, books and freezes."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from grants.core.errors import Refused
from grants.events.models import Event
from grants.ledger.checks import check_ledger
from grants.ledger.models import JournalEntry, LedgerAccount
from grants.programs.models import Fund, PlannedMilestone, Question, Round
from grants.programs.services import (
    change_round,
    close_round,
    found_fund,
    missing_for_opening,
    open_round,
    run_calendar,
)
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def balances() -> dict[str, str]:
    return {f"{row.place}:{row.owner}": str(row.balance) for row in LedgerAccount.objects.all()}


def test_fund_is_founded_with_its_capital_available():
    cast.fund("500.00")

    assert balances() == {"capital:amos": "-500.00", "available:amos": "500.00"}
    assert Event.objects.filter(kind="fund.create").count() == 1


@pytest.mark.parametrize("capital", ["0.00", "-1.00"])
def test_fund_without_capital_is_refused_by_the_database(capital):
    fund = Fund(slug="x", name_zh="x", name_en="x", capital=Decimal(capital))

    with pytest.raises(IntegrityError), transaction.atomic():
        found_fund(fund, by=cast.person("officer"))

    assert (Fund.objects.count(), JournalEntry.objects.count()) == (0, 0)


def test_opening_books_the_budget_and_freezes_the_form():
    cast.fund("5000000.00")
    round = cast.draft_round(budget="1000000.00")

    open_round(round, by=cast.person("officer"))

    stored = Round.objects.get(pk=round.pk)
    assert (stored.state, stored.is_open) == ("open", True)
    assert stored.form.published_at is not None
    assert balances() == {
        "capital:amos": "-5000000.00",
        "available:amos": "4000000.00",
        "allocated:round-1": "1000000.00",
    }
    entry = JournalEntry.objects.get(reference="round:round-1:budget")
    assert entry.event == Event.objects.get(kind="round.open")


def no_questions(round):
    Question.objects.all().delete()


def no_criteria(round):
    round.criteria.all().delete()


def shares_of_99(round):
    round.planned_milestones.filter(share=70).update(share=69)


def no_milestones(round):
    round.planned_milestones.all().delete()


def closing_passed(round):
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - timedelta(minutes=1))


def same_key_in_two_sections(round):
    Question.objects.filter(key="plan").update(key="team")


def choice_without_options(round):
    Question.objects.filter(key="category").update(options=[])


@pytest.mark.parametrize(
    "spoil",
    [
        no_questions,
        no_criteria,
        shares_of_99,
        no_milestones,
        closing_passed,
        same_key_in_two_sections,
        choice_without_options,
    ],
)
def test_opening_is_refused_when_something_is_missing(spoil):
    round = cast.draft_round()
    spoil(round)
    round = Round.objects.get(pk=round.pk)
    before = balances()

    assert len(missing_for_opening(round)) == 1
    with pytest.raises(Refused):
        open_round(round, by=cast.person("officer"))

    assert Round.objects.get(pk=round.pk).state == "draft"
    assert round.form.published_at is None
    assert balances() == before


def test_opening_over_the_money_of_the_fund_is_refused_and_changes_nothing():
    cast.fund("1500000.00")
    cast.open_round("first", budget="1000000.00")
    round = cast.draft_round("second", budget="500000.01")
    before = balances()

    with pytest.raises(Refused) as refused:
        open_round(round, by=cast.person("officer"))

    assert "500,000.00" in str(refused.value)
    assert Round.objects.get(pk=round.pk).state == "draft"
    assert round.form.published_at is None
    assert balances() == before
    assert not Event.objects.filter(kind="round.open", reference="second").exists()


@pytest.mark.django_db(transaction=True)
def test_two_rounds_opened_at_once_on_the_last_money_open_one():
    cast.fund("1500000.00")
    rounds = [cast.draft_round(slug, budget="1000000.00") for slug in ("one", "two")]
    officer = cast.person("officer")

    made = together(*[lambda round=round: open_round(round, by=officer) for round in rounds])

    assert sorted(type(found).__name__ for found in made) == ["Refused", "Round"]
    assert sorted(Round.objects.values_list("state", flat=True)) == ["draft", "open"]
    assert check_ledger().differences == []


@pytest.mark.django_db(transaction=True)
def test_round_opened_by_two_clicks_books_its_budget_once():
    round, officer = cast.draft_round(), cast.person("officer")

    made = together(*[lambda: open_round(Round.objects.get(pk=round.pk), by=officer)] * 4)

    assert sorted(type(found).__name__ for found in made) == ["Refused"] * 3 + ["Round"]
    assert JournalEntry.objects.filter(reference="round:round-1:budget").count() == 1


def test_closing_early_sets_the_closing_time():
    round = cast.open_round()

    close_round(round, by=cast.person("officer"))

    stored = Round.objects.get(pk=round.pk)
    assert (stored.state, stored.is_open) == ("closed", False)
    assert stored.closes_at <= timezone.now()


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_closing_what_is_not_open_is_refused(state):
    round = cast.draft_round()
    if state == "closed":
        open_round(round, by=cast.person("officer"))
        close_round(round, by=cast.person("officer"))

    with pytest.raises(Refused):
        close_round(round, by=cast.person("officer"))

    assert Round.objects.get(pk=round.pk).state == state


@pytest.mark.parametrize("handle", ["stranger", "reviewer", "approver", "finance", "superuser"])
def test_only_an_officer_opens_and_closes(handle):
    round = cast.draft_round()

    with pytest.raises(PermissionDenied):
        open_round(round, by=cast.person(handle))
    open_round(round, by=cast.person("officer"))
    with pytest.raises(PermissionDenied):
        close_round(round, by=cast.person(handle))

    assert Round.objects.get(pk=round.pk).state == "open"


def test_round_keeps_what_its_booked_budget_is_for_and_what_was_published():
    now = timezone.now()
    round = cast.draft_round(opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=9))
    officer = cast.person("officer")

    change_round(round, by=officer, changed=["budget", "slug"])
    open_round(round, by=officer)
    change_round(round, by=officer, changed=["title_en", "closes_at"])

    for column in ("budget", "slug", "program", "award_max", "criteria", "section 1"):
        with pytest.raises(Refused):
            change_round(round, by=officer, changed=["title_en", column])
    with time_machine.travel(now + timedelta(days=3)):
        run_calendar()
    with pytest.raises(Refused):
        change_round(round, by=officer, changed=["title_en"])
    assert Event.objects.filter(kind="round.change").count() == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"award_min": Decimal("2.00"), "award_max": Decimal("1.00")},
        {"award_min": Decimal("0.00")},
        {"budget": "100.00"},
        {"closes_at": timezone.now() - timedelta(days=2)},
    ],
)
def test_round_that_makes_no_sense_is_refused_by_the_database(columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.draft_round(**columns)


@pytest.mark.parametrize("share", [0, -1, Decimal("100.01")])
def test_milestone_share_is_between_zero_and_a_hundred(share):
    round = cast.draft_round()

    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedMilestone.objects.create(
            round=round, title_zh="x", title_en="x", share=share, due_after_days=1, position=9
        )


@pytest.mark.parametrize(
    ("handle", "slugs"),
    [("stranger", ["shown"]), ("reviewer", ["shown"]), ("officer", ["hidden", "shown"])],
)
def test_draft_rounds_are_visible_to_the_desk_only(handle, slugs):
    cast.open_round("shown")
    cast.draft_round("hidden")

    seen = Round.objects.visible_to(cast.person(handle)).order_by("slug")

    assert list(seen.values_list("slug", flat=True)) == slugs
