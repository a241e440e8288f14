"""Rounds are changed with the stock form until they open; pages that come too late are told so."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from grants.events.models import Event
from grants.programs.models import Criterion, PlannedMilestone, Round
from tests import cast
from tests.admin.setting_up import (
    CRITERION,
    assert_refused,
    counts,
    filled,
    rows,
    said,
    submit,
    wrong,
)

pytestmark = pytest.mark.django_db

BUDGET_STAYS = "The budget of this round is booked: it stays as it is."
GONE = "Somebody removed a row meanwhile. Reload the page."
OPENED = "This round was opened: it can no longer be changed."


def change(round) -> str:
    return f"/admin/grants/round/{round.pk}/change/"


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


@pytest.fixture
def scheduled():
    now = timezone.now()
    round = cast.draft_round(opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=9))
    return cast.programs.open_round(round, by=cast.person("officer"))


def test_officer_changes_a_draft_and_its_parts(officer, draft):
    changes = {"title_en": "Better", "budget": "2000000.00", "criteria-0-DELETE": "on"}
    changes |= {"planned_milestones-1-share": "69.00"} | rows("criteria", CRITERION, start=2)

    response = submit(officer, change(draft), changes)

    draft.refresh_from_db()
    assert response.url == "/admin/rounds/round-1/"
    assert (draft.title_en, draft.budget) == ("Better", Decimal("2000000.00"))
    assert set(draft.criteria.values_list("key", flat=True)) == {"team", "k"}
    assert [row.share for row in draft.planned_milestones.all()] == [30, 69]
    changed = (
        Event.objects.filter(kind="round.change").order_by("id").values_list("data", flat=True)
    )
    assert list(changed) == [
        {"changed": ["title_en", "budget"]},
        {"changed": ["criteria", "planned_milestones"]},
    ]


def test_saving_without_a_change_tells_of_none(officer, draft):
    before = counts()

    submit(officer, change(draft), {})

    assert counts() == before


def test_wrong_change_keeps_what_was_typed(officer, draft):
    typed = {"title_en": "Better", "budget": "1.00", "planned_milestones-0-share": "30.01"}
    before = counts()

    response = submit(officer, change(draft), typed)

    errors = {
        "budget": ["The budget holds at least one largest award."],
        "planned_milestones": ["The shares of the milestones sum to more than 100 %."],
    }
    assert_refused(response, typed, errors, before)
    draft.refresh_from_db()
    assert (draft.title_en, draft.budget) == ("Round one", Decimal("1000000.00"))


def test_row_that_somebody_removed_meanwhile_is_told_of(officer, draft):
    stale = filled(officer.get(change(draft)), title_en="Better")
    draft.criteria.get(key="team").delete()

    response = officer.post(change(draft), stale)

    draft.refresh_from_db()
    assert wrong(response)["criteria"] == [GONE]
    assert GONE in response.content.decode()
    assert (draft.title_en, draft.criteria.count()) == ("Round one", 1)


def test_scheduled_round_changes_its_texts_and_dates(officer, scheduled):
    response = submit(officer, change(scheduled), {"title_en": "Better", "opens_at_1": "00:00:01"})

    scheduled.refresh_from_db()
    assert response.status_code == 302
    assert (scheduled.title_en, scheduled.opens_at.second) == ("Better", 1)


def test_page_that_was_open_while_the_budget_was_booked_is_refused(officer, draft):
    stale = filled(officer.get(change(draft)), title_en="Better", budget="2000000.00")
    Round.objects.update(opens_at=timezone.now() + timedelta(days=1))
    cast.programs.open_round(Round.objects.get(), by=cast.person("officer"))
    stale |= {"criteria-0-weight": "1"}

    response = officer.post(change(draft), stale)

    draft.refresh_from_db()
    assert wrong(response) == {"__all__": [BUDGET_STAYS]}
    assert BUDGET_STAYS in response.content.decode()
    assert filled(response)["title_en"] == "Better"
    assert (draft.state, draft.title_en, draft.budget) == ("scheduled", "Round one", 1000000)
    assert draft.criteria.get(key="value").weight == 60


@pytest.mark.parametrize("close", [False, True])
def test_page_that_was_open_while_the_round_opened_is_told_so(officer, draft, close):
    stale = filled(officer.get(change(draft)), title_en="Better")
    cast.programs.open_round(draft, by=cast.person("officer"))
    if close:
        cast.programs.close_round(draft, by=cast.person("officer"))

    response = officer.post(change(draft), stale)

    draft.refresh_from_db()
    assert (response.status_code, response.url) == (302, "/admin/rounds/round-1/")
    assert (said(response), draft.title_en) == ([OPENED], "Round one")
    assert "title_en" not in filled(officer.get(change(draft)))


def test_page_costs_the_same_with_1_and_30_parts(officer, draft, django_assert_num_queries):
    url = change(draft)
    with django_assert_num_queries(7):
        officer.get(url)

    same = {"round": draft, "position": 9}
    Criterion.objects.bulk_create(Criterion(key=f"k{n}", weight=1, **same) for n in range(28))
    PlannedMilestone.objects.bulk_create(
        PlannedMilestone(share=1, due_after_days=1, **same) for n in range(28)
    )

    with django_assert_num_queries(7):
        assert filled(officer.get(url))["criteria-29-weight"] == "1.00"
