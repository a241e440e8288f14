"""The form of a round is built a question at a time, without code."""

import pytest
from django.urls import reverse

from grants.programs.models import QuestionKind, Section
from tests import cast
from tests.admin.conftest import errors_of
from tests.admin.form_building import (
    add_to,
    condition_fields,
    form_page,
    keys_of,
    option_fields,
    page_of,
    question,
    save,
    words_of_form,
)
from tests.admin.setting_up import filled

pytestmark = pytest.mark.django_db

WORDS = {"label_zh": "问题", "label_en": "A question"}
PATTERN = ["pattern", "pattern_hint_zh", "pattern_hint_en"]
PUBLISHED = "This version of the form is published: it stays as it is."
CHANGED = "Somebody changed this while you were writing. Compare both, then save again."


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


@pytest.fixture
def section(draft):
    return draft.form.sections.get(position=1)


def test_officer_adds_a_section_with_questions_of_all_kinds(officer, draft):
    url = reverse("admin:section-add", args=[draft.slug])
    save(officer, url, title_zh="新节", title_en="New section")
    section = Section.objects.get(title_en="New section")

    for kind in QuestionKind.values:
        options = option_fields(("甲", "A", ""), ("乙", "B", "")) if "choice" in kind else {}
        save(officer, add_to(section, kind), **WORDS, key=f"new-{kind}", **options)

    asked = section.questions.order_by("position")
    assert [row.kind for row in asked] == QuestionKind.values
    assert asked.get(kind="choices").options == [
        {"value": "a", "zh": "甲", "en": "A"},
        {"value": "b", "zh": "乙", "en": "B"},
    ]


def test_kinds_are_offered_with_what_they_are(officer, section):
    url = reverse("admin:question-add", args=[section.form.round.slug, section.pk])

    kinds = officer.get(url).context["kinds"]

    assert [kind.value for kind in kinds] == QuestionKind.values


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (
            "short_text",
            ["min_length", "max_length", "limit_unit", *PATTERN],
        ),
        ("long_text", ["min_length", "max_length", "limit_unit"]),
        ("money", ["least", "most"]),
        ("yes_no", []),
        ("file", ["file_kinds", "file_megabytes"]),
        ("group", ["least_rows", "most_rows"]),
    ],
)
def test_question_offers_only_the_settings_of_its_kind(officer, section, kind, settings):
    shown = officer.get(add_to(section, kind)).context["form"]

    assert [bound.name for bound in shown.settings] == settings


def test_key_is_made_from_the_english_words(officer, section):
    save(officer, add_to(section, "date"), **WORDS, key="")
    save(officer, add_to(section, "date"), **WORDS, key="")

    assert keys_of(section.form)[0][-2:] == ["a-question", "a-question-2"]


def test_officer_changes_a_question(officer, draft):
    team = question("team")

    response = save(officer, page_of(team), label_en="Who?", max_length="80", limit_unit="words")

    team.refresh_from_db()
    assert response.url == f"{form_page(draft)}#question-{team.pk}"
    assert (team.label_en, team.max_length, team.limit_unit) == ("Who?", 80, "words")


def test_saving_a_question_as_it_is_changes_nothing_and_tells_of_nothing(officer, draft):
    before = words_of_form()

    for key in ("team", "category", "own_funds", "proposal"):
        save(officer, page_of(question(key)))

    assert words_of_form() == before


@pytest.mark.parametrize(
    ("key", "typed", "errors"),
    [
        ("team", {"label_zh": ""}, {"label_zh": ["This field is required."]}),
        (
            "team",
            {"key": "amount"},
            {"key": ["This key is taken by the portal. Choose another one."]},
        ),
        ("team", {"key": "plan"}, {"key": ["Another question of this form has this key."]}),
        ("team", {"max_length": "0"}, {"max_length": ["Give a limit from 1 to 100,000."]}),
        (
            "team",
            {"min_length": "300"},
            {"min_length": ["The shortest is not more than the longest."]},
        ),
        ("team", {"label_en": "a\0"}, {"label_en": ["Null characters are not allowed."]}),
        (
            "plan",
            {"pattern": "a(b"},
            {"pattern": ["This is no regular expression that can be used here."]},
        ),
        (
            "plan",
            {"pattern": "[a-z]+", "pattern_hint_zh": "小写字母"},
            {"pattern_hint_en": ["Say in words what is expected: the pattern alone tells nobody."]},
        ),
        (
            "team_size",
            {"least": "5", "most": "2"},
            {"least": ["The least is not more than the most."]},
        ),
        ("own_funds", {"least": "-1"}, {"least": ["An amount is never less than nothing."]}),
        (
            "proposal",
            {"file_kinds": "exe"},
            {"file_kinds": ["Select a valid choice. exe is not one of the available choices."]},
        ),
    ],
)
def test_wrong_question_keeps_what_was_typed(officer, draft, key, typed, errors):
    before, url = words_of_form(), page_of(question(key))

    response = save(officer, url, **typed)

    shown = filled(response)
    assert errors_of(response) == errors
    assert {n: shown.get(n) for n in typed if n != "file_kinds"} == {
        n: text for n, text in typed.items() if n != "file_kinds"
    }
    assert words_of_form() == before


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "Give the options of the choice."),
        ([("甲", "", "a")], "Fill this in, in both languages."),
        ([("甲", "A", "a"), ("乙", "B", "a")], "Each option needs a value of its own."),
        ([("甲", "x" * 201, "a")], "At most 200 characters."),
    ],
)
def test_wrong_options_are_told_beside_them(officer, draft, rows, problem):
    before = words_of_form()
    url = page_of(question("category"))

    response = officer.post(url, filled(officer.get(url)) | option_fields(*rows))

    table = response.context["options"]
    told = [cell.problem for row in table["rows"] for cell in row.cells if cell.problem]
    assert [*filter(None, [table["problem"]]), *told] == [problem]
    assert words_of_form() == before


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("options:add", ["a", "b", "c", ""]),
        ("options:up:2", ["a", "c", "b"]),
        ("options:down:0", ["b", "a", "c"]),
        ("options:remove:1", ["a", "c", ""]),
        ("options:up:0", ["a", "b", "c"]),
        ("options:up:9", ["a", "b", "c"]),
        ("options:remove:²", ["a", "b", "c"]),
    ],
)
def test_buttons_turn_the_rows_without_saving(officer, draft, row, values):
    before, url = words_of_form(), page_of(question("category"))
    options = option_fields(*((v, v, v) for v in "abc"))

    response = officer.post(
        url, filled(officer.get(url), label_en="Typed") | options | {"row": row}
    )

    shown = filled(response)
    assert [shown[f"options-{n}-value"] for n in range(len(values))] == values
    assert (shown["options-rows"], shown["label_en"]) == (str(len(values)), "Typed")
    assert (errors_of(response), words_of_form()) == ({}, before)


def test_conditions_are_chosen(officer, draft):
    plan = question("plan")
    chosen = condition_fields(("category", "equals", "tools"), ("ready", "answered", ""))

    save(officer, page_of(plan), **chosen | {"together": "any"})

    plan.refresh_from_db()
    assert plan.show_when == {
        "any": [
            {"question": "category", "is": "equals", "value": "tools"},
            {"question": "ready", "is": "answered"},
        ]
    }
    parts = officer.get(form_page(draft)).context["parts"]
    (shown,) = [row["shown"] for part in parts for row in part["questions"] if row["shown"]]
    assert shown == "“Question category” is Tools or “Question ready” is answered"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("plan", "answered", ""), "A question cannot be shown because of its own answer."),
        (
            ("proposal", "answered", ""),
            "The condition is about “Question proposal”, which comes later.",
        ),
        (("gone", "answered", ""), "The condition is about “gone”, which the form does not have."),
        (("category", "equals", "x"), "“x” can be no answer to “Question category”."),
    ],
)
def test_condition_about_nothing_earlier_is_told(officer, draft, row, problem):
    before, url = words_of_form(), page_of(question("plan"))

    response = officer.post(url, filled(officer.get(url)) | condition_fields(row))

    assert response.context["conditions"]["problem"] == f"“Question plan”: {problem}"
    assert words_of_form() == before


def test_section_is_shown_by_a_condition(officer, draft):
    second = draft.form.sections.get(position=2)

    save(officer, page_of(second), **condition_fields(("ready", "equals", "yes")))

    second.refresh_from_db()
    assert second.show_when == {"all": [{"question": "ready", "is": "equals", "value": "yes"}]}


def test_choosing_a_question_offers_its_tests_and_answers(officer, draft):
    url = page_of(question("plan"))
    typed = condition_fields(("category", "", "")) | {"row": "conditions:refresh"}

    response = officer.post(url, filled(officer.get(url)) | typed)

    _question, test, value = response.context["conditions"]["rows"][0].cells
    assert [name for name, _label in test.choices] == [
        "equals",
        "not_equals",
        "answered",
        "not_answered",
    ]
    assert value.choices == [("tools", "Tools")]
