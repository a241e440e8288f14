"""Answers of every kind by the API: lists, rows and the plan."""

import pytest
from jsonschema import Draft202012Validator

from grants.applications.models import Application
from tests import cast
from tests.api.calls import Caller, problem
from tests.forms import question, section, store

pytestmark = pytest.mark.django_db
PLAN = ("title", "due_on", "share")


def address(application, verb: str = "") -> str:
    return f"applications/{application.reference}/" + (f"{verb}/" if verb else "")


def draft_with_every_kind() -> Application:
    round = cast.open_round()
    kinds = ("choices", "group", "budget", "app", "plan")
    store(round.form, section(1, *(question(f"my_{kind}", kind) for kind in kinds)))
    return cast.complete_draft(round=round)


ROWS = {
    "my_choices": ["tablet", "phone"],
    "my_group": [{"name": "李娜", "years": 3}, {"name": "Wang", "years": None}],
    "my_budget": [{"item": "Tests", "amount": "200000"}],
    "my_app": [{"package_name": "com.example.a", "category": "tools", "device_share": 12.5}],
}
STEPS = [
    {"title": "Beta", "due_on": "2027-01-31", "share": "40.00"},
    {"title": "Launch", "due_on": "2027-06-30", "share": "60"},
]


def test_patch_keeps_lists_and_rows_and_the_plan():
    application = draft_with_every_kind()
    caller = Caller("applicant")

    body = caller.patch(address(application), {"answers": ROWS, "milestones": STEPS}).json()

    assert body["missing"] == []
    assert body["milestones"] == [STEPS[0] | {"share": "40"}, STEPS[1]]
    assert {key: body["answers"][key] for key in ROWS} == {
        "my_choices": ["phone", "tablet"],
        "my_group": [{"name": "李娜", "years": "3"}, {"name": "Wang", "years": ""}],
        "my_budget": [{"item": "Tests", "amount": "200000.00", "note": ""}],
        "my_app": [
            {
                "package_name": "com.example.a",
                "store_link": "",
                "category": "tools",
                "device_share": "12.5",
            }
        ],
    }
    caller.post(address(application, "submit"))
    sent = Caller("officer").get(address(application)).json()
    assert sent["milestones"] == body["milestones"]
    schema = caller.get("rounds/round-1/form/").json()
    Draft202012Validator(schema).validate(sent["answers"])


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"answers": {"my_choices": ["fridge"]}}, ["my_choices"]),
        ({"answers": {"my_choices": "phone"}}, ["my_choices"]),
        ({"answers": {"my_group": [{"age": "3"}]}}, ["my_group"]),
        ({"answers": {"my_group": ["李娜"]}}, ["my_group"]),
        ({"answers": {"my_budget": [{"item": "x", "amount": "-1"}]}}, ["my_budget.0.amount"]),
        ({"answers": {"my_group": [{"name": "x"}] * 10_000}}, ["my_group"]),
        ({"milestones": [STEPS[0] | {"share": "0"}]}, ["my_plan.0.share"]),
    ],
)
def test_patch_with_a_wrong_list_or_cell_changes_nothing(changes, fields):
    application = draft_with_every_kind()

    found = problem(Caller("applicant").patch(address(application), changes))

    assert (found[0], [field for field, _code in found[2]]) == (409, fields)
    assert Application.objects.get().answers == cast.ANSWERS


@pytest.mark.parametrize("depth", [50, 100_000])
def test_patch_with_nested_rubbish_is_refused(depth):
    application = cast.draft()
    raw = '{"answers": {"team": ' + "[" * depth + "]" * depth + "}}"

    response = Caller("applicant").client.patch(
        "/api/v1/" + address(application), raw, content_type="application/json"
    )

    assert response.status_code == 400
