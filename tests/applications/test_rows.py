"""Answers that are lists: choices, groups, budgets, plans, apps, and what is missing in them."""

from decimal import Decimal

import pytest

from grants.applications.answers import misshapen, problems, read_answer, tidy, totals
from grants.programs.columns import columns_of
from grants.programs.models import Question

pytestmark = pytest.mark.usefixtures("english")

OPTIONS = [{"value": value, "zh": value, "en": value} for value in ("phone", "tablet", "watch")]
GROUP = [
    {"key": "name", "kind": "short_text", "label_zh": "姓名", "label_en": "Name", "max_length": 5},
    {"key": "years", "kind": "number", "label_zh": "年", "label_en": "Years", "is_required": False,
     "least": "0", "most": "60"},
]  # fmt: skip
HUNDRED = [
    {"title": "Beta", "due_on": "2027-01-31", "share": "40"},
    {"title": "Launch", "due_on": "2027-06-30", "share": "60"},
]


def question(kind: str, **columns) -> Question:
    more = {"options": OPTIONS, "columns": GROUP, "is_required": True, "least_rows": 1}
    return Question(key="q", kind=kind, **more | {"most_rows": 3} | columns)


def wrong(asked: Question, answer, *, whole=True) -> list[str]:
    kept = tidy([asked], {"q": answer})
    return sorted(problems([asked], kept, [], whole=whole))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["watch", "phone", "watch"], ["phone", "watch"]),
        ("tablet", ["tablet"]),
        (["", " phone "], ["phone"]),
        ([], []),
        (None, []),
    ],
)
def test_choices_are_kept_once_and_in_the_order_of_the_options(typed, kept):
    assert tidy([question("choices")], {"q": typed}) == {"q": kept}
    assert wrong(question("choices"), typed) == ([] if kept else ["q"])


@pytest.mark.parametrize("typed", [["phone", "fridge"], {"a": 1}, [["phone"]], [{}], "电话"])
def test_choice_that_is_no_option_is_kept_as_typed_and_told(typed):
    kept = tidy([question("choices")], {"q": typed})["q"]

    assert all(isinstance(value, str) for value in kept)
    assert wrong(question("choices"), typed) == ["q"]


def test_rows_are_kept_with_every_column_and_without_blank_rows():
    typed = [{"name": " 李 "}, {"name": "", "years": " "}, {"name": "Wang", "years": "1,0"}, {}]

    kept = tidy([question("group")], {"q": typed})["q"]

    assert kept == [{"name": "李", "years": ""}, {"name": "Wang", "years": "1,0"}]
    assert wrong(question("group"), typed, whole=False) == ["q.1.years"]


def test_gap_in_a_row_is_told_only_of_the_whole():
    typed = [{"years": "3"}]

    assert wrong(question("group"), typed, whole=False) == []
    assert wrong(question("group"), typed) == ["q.0.name"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"name": "李娜", "years": "60"}, []),
        ({"name": "李娜娜娜娜娜"}, ["q.0.name"]),
        ({"name": "李", "years": "-1"}, ["q.0.years"]),
        ({"name": "李", "years": "60.5"}, ["q.0.years"]),
        ({"name": ["李娜"], "years": {"a": []}}, ["q.0.name", "q.0.years"]),
    ],
)
def test_each_cell_is_read_as_its_column_says(cells, found):
    assert wrong(question("group"), [cells]) == found


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 10_000])
def test_number_of_rows_is_within_the_limits(count):
    rows = [{"name": str(number)} for number in range(count)]
    asked = question("group", least_rows=2)

    assert len(tidy([asked], {"q": rows})["q"]) == count
    assert wrong(asked, rows) == ([] if 2 <= count <= 3 else ["q"])
    assert wrong(asked, rows, whole=False) == (["q"] if count > 3 else [])


def test_no_rows_are_right_where_none_are_required():
    assert wrong(question("group", is_required=False, least_rows=2), []) == []
    assert wrong(question("group", is_required=False, least_rows=2), [{"name": "a"}]) == ["q"]


@pytest.mark.parametrize("typed", ["rubbish", 7, ["rubbish"], {"name": "rubbish"}, [["rubbish"]]])
def test_what_is_no_row_is_not_lost(typed):
    kept = tidy([question("group")], {"q": typed})["q"]

    assert str(typed if typed == 7 else "rubbish") in kept[0]["name"]


def test_nested_rubbish_is_told():
    deep: list = []
    for _time in range(5000):
        deep = [deep]

    for kind in ("group", "choices", "budget", "plan", "app", "short_text"):
        kept = tidy([question(kind)], {"q": deep})
        assert isinstance(kept["q"], str | list)


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        (("40", "60"), []),
        (("33.33", "66.67"), []),
        (("40", "59.99"), ["q"]),
        (("0", "100"), ["q.0.share"]),
        (("33.333", "66.667"), ["q.0.share", "q.1.share"]),
        (("-50", "150"), ["q.0.share", "q.1.share"]),
        (("", "100"), ["q.0.share"]),
    ],
)
def test_shares_of_a_plan_sum_to_a_hundred(shares, found):
    rows = [row | {"share": share} for row, share in zip(HUNDRED, shares, strict=True)]

    assert wrong(question("plan"), rows) == found


@pytest.mark.parametrize(
    ("amounts", "asked", "found"),
    [
        (("0.10", "0.20"), "0.30", []),
        (("1,000", "500"), "1500.00", []),
        (("1000", "500"), "1500.01", ["q"]),
        (("1000", "lots"), "1500.00", []),
        (("1000", "500"), None, []),
    ],
)
def test_budget_sums_to_the_amount_that_is_asked_for(amounts, asked, found):
    rows = [{"item": "x", "amount": amount} for amount in amounts]
    amount = asked and Decimal(asked)

    assert list(totals([question("budget")], {"q": rows}, amount)) == found


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("com.example.notes", True),
        ("com.Example_2.a1", True),
        ("notes", False),
        ("com..notes", False),
        ("com.2notes", False),
        ("com.例子", False),
        ("com.example.notes\n", True),
    ],
)
def test_package_name_has_its_form(name, is_right):
    row = {"package_name": name, "category": "tools", "device_share": "12.5"}

    assert wrong(question("app"), [row]) == ([] if is_right else ["q.0.package_name"])


@pytest.mark.parametrize("kind", ["group", "budget", "plan", "app"])
def test_row_that_was_kept_reads_as_itself(kind):
    asked = question(kind)
    rows = [{column.key: "1" for column in columns_of(asked)}, {}]

    kept = tidy([asked], {"q": rows})

    assert tidy([asked], kept) == kept


@pytest.mark.parametrize(
    ("columns", "typed", "found"),
    [
        ({"min_length": 3}, "ab", ["q"]),
        ({"min_length": 3}, " a b ", []),
        ({"min_length": 3}, "", ["q"]),
        ({"max_length": 3, "limit_unit": "words"}, "一二 three", []),
        ({"max_length": 3, "limit_unit": "words"}, "一二 three four", ["q"]),
        ({"min_length": 3, "limit_unit": "words"}, "one two", ["q"]),
        ({"pattern": "[A-Z]{2}"}, "AB", []),
        ({"pattern": "[A-Z]{2}"}, "ABC", ["q"]),
        ({"pattern": "(a+)+b"}, "a" * 5000, ["q"]),
    ],
)
def test_limits_of_a_text_are_told(columns, typed, found):
    assert wrong(question("short_text", **columns), typed) == found


def test_pattern_is_told_in_the_words_of_the_round():
    asked = question("short_text", pattern="[A-Z]+", pattern_hint_en="Only capitals, please.")

    assert problems([asked], {"q": "a"}, [], whole=False) == {"q": "Only capitals, please."}


@pytest.mark.parametrize("kind", ["number", "money"])
@pytest.mark.parametrize(
    ("typed", "found"), [("9.99", ["q"]), ("10", []), ("20.50", []), ("20.51", ["q"])]
)
def test_limits_of_a_number_are_told(kind, typed, found):
    asked = question(kind, least=Decimal(10), most=Decimal("20.5"))

    assert wrong(asked, typed) == found


@pytest.mark.parametrize("typed", [["a"], {"a": 1}, [{}]])
def test_list_where_a_text_is_due_is_told(typed):
    assert list(misshapen([question("long_text")], {"q": typed})) == ["q"]
    assert list(misshapen([question("choices")], {"q": "phone"})) == ["q"]
    assert list(misshapen([question("group")], {"q": [{"age": "1"}]})) == ["q"]
    assert list(misshapen([question("group")], {"q": [{"name": "a"}]})) == []
    with pytest.raises(ValueError, match="list"):
        read_answer(question("long_text"), typed)
