"""Rounds are made with the stock form, with their criteria and milestones."""

from decimal import Decimal

import pytest

from grants.events.models import Event
from grants.programs.models import Round
from tests import cast
from tests.admin.setting_up import (
    CRITERION,
    LONG,
    MILESTONE,
    assert_refused,
    counts,
    rows,
    submit,
    wrong,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/grants/round/add/"
ROUND = {
    "slug": "new",
    "title_zh": "新一期",
    "title_en": "New round",
    "summary_zh": "简介",
    "summary_en": "Summary",
    "opens_at_0": "2030-01-01",
    "opens_at_1": "09:00:00",
    "closes_at_0": "2030-02-01",
    "closes_at_1": "18:00:00",
    "budget": "1000.00",
    "award_min": "1.00",
    "award_max": "100.00",
    "reviews_wanted": "3",
}
CLOSES_FIRST = ["The round closes after it opens."]
TOO_SMALL = ["Ensure this value is greater than or equal to 0.01."]
YEARS = ["Give a year from 2000 to 2199."]


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


def test_officer_makes_a_round_with_criteria_and_milestones(officer, draft):
    changes = ROUND | {"program": draft.program_id, "is_blind": "on"}
    changes |= rows("criteria", CRITERION, CRITERION | {"key": "l", "weight": "40", "scale": "10"})
    changes |= rows(
        "planned_milestones", MILESTONE | {"share": "33.33"}, MILESTONE | {"share": "1"}
    )

    response = submit(officer, ADD, changes)

    round = Round.objects.get(slug="new")
    assert (response.status_code, response.url) == (302, "/admin/rounds/new/")
    assert (round.state, round.budget, round.is_blind) == ("draft", Decimal("1000.00"), True)
    assert round.opens_at.isoformat() == "2030-01-01T01:00:00+00:00"
    assert list(round.criteria.values_list("key", "weight", "scale")) == [
        ("k", 60, 5),
        ("l", 40, 10),
    ]
    assert sum(row.share for row in round.planned_milestones.all()) == Decimal("34.33")
    assert round.form.number == 1
    assert Event.objects.get(kind="round.create", reference="new").actor == cast.person("officer")


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"budget": "NaN"}, {"budget": ["Enter a number."]}),
        (
            {"budget": "1" * 17},
            {"budget": ["Ensure that there are no more than 16 digits before the decimal point."]},
        ),
        ({"budget": "99.99"}, {"budget": ["The budget holds at least one largest award."]}),
        (
            {"award_max": "0.99"},
            {"award_max": ["The largest award is not less than the smallest."]},
        ),
        ({"award_min": "-1"}, {"award_min": TOO_SMALL}),
        ({"closes_at_0": "2030-01-01", "closes_at_1": "09:00:00"}, {"closes_at": CLOSES_FIRST}),
        ({"closes_at_0": "2029-01-01"}, {"closes_at": CLOSES_FIRST}),
        ({"opens_at_0": "0001-01-01"}, {"opens_at": YEARS}),
        ({"closes_at_0": "9999-12-31"}, {"closes_at": YEARS}),
        ({"opens_at_0": "\0"}, {"opens_at": ["Enter a valid date."]}),
        ({"opens_at_1": "25:00"}, {"opens_at": ["Enter a valid time."]}),
        ({"slug": "round-1"}, {"slug": ["Round with this Short name already exists."]}),
        (
            {"title_en": LONG},
            {"title_en": ["Ensure this value has at most 120 characters (it has 1000)."]},
        ),
        ({"summary_zh": "\0"}, {"summary_zh": ["Null characters are not allowed."]}),
        (
            {"reviews_wanted": "0"},
            {"reviews_wanted": ["Ensure this value is greater than or equal to 1."]},
        ),
        (
            {"reviews_wanted": "9" * 30},
            {"reviews_wanted": ["Ensure this value is less than or equal to 32767."]},
        ),
    ],
)
def test_wrong_round_keeps_what_was_typed(officer, draft, typed, errors):
    changes = ROUND | {"program": str(draft.program_id)} | typed
    errors = {
        field: texts or ["The round closes after it opens."] for field, texts in errors.items()
    }
    before = counts()

    response = submit(officer, ADD, changes)

    assert_refused(response, changes, errors, before)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            rows("criteria", CRITERION | {"key": "amount"}),
            {"criteria-0-key": ["This key is taken by the portal. Choose another one."]},
        ),
        (
            rows("criteria", CRITERION, CRITERION),
            {
                "criteria-1-__all__": ["Please correct the duplicate values below."],
                "criteria": ["Please correct the duplicate data for key."],
            },
        ),
        (
            rows("criteria", CRITERION | {"weight": "NaN"}),
            {"criteria-0-weight": ["Enter a number."]},
        ),
        (rows("criteria", CRITERION | {"weight": "0"}), {"criteria-0-weight": TOO_SMALL}),
        (
            rows("criteria", CRITERION | {"scale": "101"}),
            {"criteria-0-scale": ["Ensure this value is less than or equal to 100."]},
        ),
        (
            rows("criteria", CRITERION | {"position": "9" * 30}),
            {"criteria-0-position": ["Ensure this value is less than or equal to 32767."]},
        ),
        (
            rows("planned_milestones", MILESTONE, MILESTONE | {"share": "0.01"}),
            {"planned_milestones": ["The shares of the milestones sum to more than 100 %."]},
        ),
        (
            rows("planned_milestones", MILESTONE | {"share": "-1"}),
            {"planned_milestones-0-share": TOO_SMALL},
        ),
        (
            rows("planned_milestones", MILESTONE | {"title_en": LONG}),
            {
                "planned_milestones-0-title_en": [
                    "Ensure this value has at most 120 characters (it has 1000)."
                ]
            },
        ),
    ],
)
def test_wrong_part_of_a_round_keeps_what_was_typed(officer, draft, typed, errors):
    changes = ROUND | {"program": str(draft.program_id)} | typed
    before = counts()

    response = submit(officer, ADD, changes)

    assert_refused(response, changes, errors, before)


@pytest.mark.parametrize(
    "typed",
    [
        {"criteria-TOTAL_FORMS": "x"},
        {"criteria-TOTAL_FORMS": None},
        {"criteria-TOTAL_FORMS": "3", "criteria-INITIAL_FORMS": "3"},
        rows("criteria", CRITERION | {"id": "9" * 30}) | {"criteria-INITIAL_FORMS": "1"},
    ],
)
def test_table_that_was_tampered_with_is_refused(officer, draft, typed):
    before = counts()

    response = submit(officer, ADD, ROUND | {"program": draft.program_id} | typed)

    assert (response.status_code, bool(wrong(response)), counts()) == (200, True, before)
