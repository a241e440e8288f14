"""Funds, programs and rounds are made and changed with the stock forms."""

from decimal import Decimal

import pytest

from grants.events.models import Event
from grants.ledger.models import LedgerAccount
from grants.programs.models import Fund, Program
from tests import cast
from tests.admin.conftest import READERS, answers, open_to, without
from tests.admin.setting_up import (
    LONG,
    assert_refused,
    counts,
    filled,
    more_rounds,
    said,
    submit,
    wrong,
)

pytestmark = pytest.mark.django_db

STOCK = "/admin/grants/"
FUND = {"name_zh": "基金", "name_en": "Fund", "slug": "new", "currency": "CNY", "capital": "500.50"}
PROGRAM = {"name_zh": "计划", "name_en": "Program", "slug": "new", "purpose_en": "For all."}
HUGE = "9" * 5000


def change(thing) -> str:
    return f"{STOCK}{thing._meta.model_name}/{thing.pk}/change/"


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


def test_officer_founds_a_fund_and_its_capital_is_booked(officer):
    response = submit(officer, f"{STOCK}fund/add/", FUND)

    fund = Fund.objects.get()
    assert (response.status_code, fund.slug, fund.capital) == (302, "new", Decimal("500.50"))
    accounts = LedgerAccount.objects.values_list("place", "owner", "currency", "balance")
    assert sorted(accounts) == [
        ("available", "new", "CNY", Decimal("500.50")),
        ("capital", "new", "CNY", Decimal("-500.50")),
    ]
    event = Event.objects.get(kind="fund.create")
    assert (event.actor, event.data) == (cast.person("officer"), {"capital": "500.50"})


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"capital": "NaN"}, ["Enter a number."]),
        ({"capital": "Infinity"}, ["Enter a number."]),
        ({"capital": "lots"}, ["Enter a number."]),
        ({"capital": "-1"}, ["Ensure this value is greater than or equal to 0.01."]),
        ({"capital": "0"}, ["Ensure this value is greater than or equal to 0.01."]),
        ({"capital": "1E+99999999"}, ["Enter a number."]),
        ({"capital": "１２"}, ["Enter a number."]),
        ({"capital": "9" * 19}, ["Ensure that there are no more than 18 digits in total."]),
        ({"capital": "0.001"}, ["Ensure that there are no more than 2 decimal places."]),
        ({"capital": ""}, ["This field is required."]),
        ({"slug": "amos"}, ["Fund with this Short name already exists."]),
        ({"name_zh": LONG}, ["Ensure this value has at most 100 characters (it has 1000)."]),
        ({"name_en": "a\0b"}, ["Null characters are not allowed."]),
        ({"currency": "元"}, ["Write the currency as three letters, such as CNY."]),
    ],
)
def test_wrong_fund_keeps_what_was_typed_and_books_nothing(officer, typed, errors):
    cast.fund()
    before = counts()

    response = submit(officer, f"{STOCK}fund/add/", FUND | typed)

    [field] = typed
    assert_refused(response, FUND | typed, {field: errors}, before)


def test_fund_takes_the_largest_capital_and_writes_its_currency_in_capitals(officer):
    submit(officer, f"{STOCK}fund/add/", FUND | {"capital": "9" * 16 + ".99", "currency": "cny"})

    fund = Fund.objects.get()
    assert (str(fund.capital), fund.currency) == ("9" * 16 + ".99", "CNY")


def test_fund_changes_its_names_and_nothing_else(officer):
    fund = cast.fund("100.00")

    submit(officer, change(fund), FUND | {"name_en": "Better", "capital": "9", "slug": "other"})

    fund.refresh_from_db()
    assert (fund.name_en, fund.slug, fund.capital) == ("Better", "amos", Decimal("100.00"))
    assert Event.objects.get(kind="fund.change").data == {"changed": ["name_en"]}
    submit(officer, change(fund), {})
    assert Event.objects.filter(kind="fund.change").count() == 1


def test_officer_makes_and_changes_a_program(officer):
    fund = cast.fund()

    submit(officer, f"{STOCK}program/add/", PROGRAM | {"fund": fund.pk})
    program = Program.objects.get()
    submit(officer, change(program), {"purpose_en": "For some.", "slug": "x", "fund": "0"})

    program.refresh_from_db()
    assert (program.fund, program.slug, program.purpose_en) == (fund, "new", "For some.")
    kinds = Event.objects.filter(thing_type="program").order_by("id")
    assert [(event.kind, event.data) for event in kinds] == [
        ("program.create", {"name": "计划"}),
        ("program.change", {"changed": ["purpose_en"]}),
    ]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"slug": "new-apps"}, ["Program with this Short name already exists."]),
        ({"name_zh": ""}, ["This field is required."]),
        ({"name_en": LONG}, ["Ensure this value has at most 100 characters (it has 1000)."]),
        ({"purpose_zh": "\0"}, ["Null characters are not allowed."]),
    ],
)
def test_wrong_program_keeps_what_was_typed(officer, draft, typed, errors):
    before = counts()

    response = submit(
        officer, f"{STOCK}program/add/", PROGRAM | {"fund": str(draft.program.fund_id)} | typed
    )

    [field] = typed
    assert_refused(response, PROGRAM | typed, {field: errors}, before)


@pytest.mark.parametrize("fund", ["", "x", "-1", "\0", HUGE])
def test_program_of_no_fund_is_refused(officer, draft, fund):
    before = counts()

    response = submit(officer, f"{STOCK}program/add/", PROGRAM | {"fund": fund})

    assert list(wrong(response)) == ["fund"]
    assert counts() == before


@pytest.mark.parametrize("model", ["fund", "program", "round"])
def test_lists_and_pages_are_read_by_those_who_decide_and_pay(at_desk, draft, model):
    thing = {"fund": draft.program.fund, "program": draft.program, "round": draft}[model]

    assert answers(f"{STOCK}{model}/", at_desk=at_desk) == open_to(*READERS, "superuser")
    assert answers(change(thing), at_desk=at_desk) == open_to(*READERS, "superuser")
    assert answers(f"{STOCK}{model}/add/", at_desk=at_desk) == open_to("officer")


@pytest.mark.parametrize("model", ["fund", "program", "round"])
def test_nobody_but_an_officer_makes_changes_or_deletes(at_desk, draft, model):
    thing = {"fund": draft.program.fund, "program": draft.program, "round": draft}[model]
    sent = FUND | PROGRAM | {"title_en": "x"}
    before = counts()

    for url in (f"{STOCK}{model}/add/", change(thing), change(thing).replace("change", "delete")):
        may = ["officer", "controller"] if model == "fund" and "change" in url else ["officer"]
        found = answers(url, sent, of=without(*may), at_desk=at_desk)
        assert set(found.values()) == {403, "login"}

    assert counts() == before
    assert type(thing).objects.get(pk=thing.pk).slug == thing.slug


@pytest.mark.parametrize("model", ["fund", "program", "round"])
def test_officer_deletes_nothing(officer, draft, model):
    thing = {"fund": draft.program.fund, "program": draft.program, "round": draft}[model]
    before = counts()

    response = officer.post(change(thing).replace("change", "delete"), {"post": "yes"})

    assert (response.status_code, counts()) == (403, before)


@pytest.mark.parametrize("pk", ["0", "x", HUGE, "_00", "-1"])
@pytest.mark.parametrize("model", ["fund", "program", "round"])
def test_thing_that_is_not_there_is_told_of_on_the_home_page(officer, model, pk):
    response = officer.get(f"{STOCK}{model}/{pk}/change/")

    assert (response.status_code, response.url) == (302, "/admin/")
    assert len(said(response)) == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state__exact=ajar", 200),
        ("state__exact=%00", 302),
        ("q=%00", 302),
        ("slug=%00", 302),
        ("program__id__exact=x", 302),
        (f"id__exact={HUGE}", 302),
        (f"id__exact={'9' * 30}", 200),
        ("budget=NaN", 302),
        ("opens_at__gte=tomorrow", 302),
        ("nothing=1", 302),
        ("p=-1", 200),
        (f"p={'9' * 30}", 200),
        ("o=99.x.-", 200),
        ("e=1", 200),
    ],
)
def test_wrong_filter_of_a_list_is_answered(officer, draft, query, status):
    response = officer.get(f"{STOCK}round/?{query}")

    assert response.status_code == status
    if status == 302:
        assert response.url == f"{STOCK}round/?e=1"


@pytest.mark.parametrize("query", [f"program={HUGE}", "program=%00", "budget=NaN&opens_at=x"])
def test_form_takes_nothing_from_the_address(officer, draft, query):
    response = officer.get(f"{STOCK}round/add/?{query}")

    shown = filled(response)
    assert (response.status_code, shown["program"], shown["budget"]) == (200, "", "")


def test_lists_cost_the_same_at_1_and_30_rows(officer, draft, django_assert_num_queries):
    # Session, person, roles, count, rows; rounds are filtered by state too.
    expected = {"fund": 5, "program": 5, "round": 5}
    for model, queries in expected.items():
        with django_assert_num_queries(queries):
            officer.get(f"{STOCK}{model}/")

    more_rounds(draft, 29)
    same = {"name_zh": "x", "name_en": "x"}
    Fund.objects.bulk_create(Fund(slug=f"f{n}", capital=1, **same) for n in range(29))
    funds = Fund.objects.exclude(slug="amos")
    Program.objects.bulk_create(Program(fund=fund, slug=fund.slug, **same) for fund in funds)

    for model, queries in expected.items():
        with django_assert_num_queries(queries):
            assert officer.get(f"{STOCK}{model}/").context["cl"].result_count == 30
