"""Building a form by its verbs."""

import json

import pytest

from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.changes import what_changed
from grants.programs.exchange import as_data, as_json
from grants.programs.models import Question, Round
from grants.programs.questions import mark_of
from grants.programs.selectors import outline_of
from grants.programs.services import columns, copying, exchange, form_rules, forms
from tests import cast
from tests.admin.form_building import keys_of, option, words_of_form
from tests.together import together

pytestmark = pytest.mark.django_db

GONE = "Somebody removed this meanwhile."
WORDS = {"label_zh": "问题", "label_en": "Question"}
WHEN_READY = {"all": [{"question": "ready", "is": "equals", "value": "yes"}]}


@pytest.fixture
def officer():
    return cast.person("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


@pytest.fixture
def form(draft):
    return draft.form


def question(key: str) -> Question:
    return Question.objects.get(key=key)


def full_form(form, by) -> None:
    """Something of everything that a form can say."""
    first, second = form.sections.order_by("position")
    forms.change_section(first, by=by, help_zh="说明", help_en="Help")
    forms.change_question(
        question("plan"), by=by, pattern="[a-z]+", pattern_hint_zh="小写", pattern_hint_en="small"
    )
    forms.change_question(question("team_size"), by=by, least="0.5", most="12")
    forms.change_question(question("proposal"), by=by, file_kinds=["pdf"], file_megabytes=5)
    options = [option("a"), option("b")]
    forms.add_question(second, by=by, kind="choices", key="many", options=options, **WORDS)
    group = forms.add_question(second, by=by, kind="group", key="people", most_rows=3, **WORDS)
    columns.add_column(group, by=by, kind="choice", key="role", options=options, **WORDS)
    columns.add_column(group, by=by, kind="money", key="pay", least="1", **WORDS)
    forms.change_section(second, by=by, show_when=WHEN_READY)
    form_rules.add_rule(
        form, by=by, expression="sum(people.pay) <= requested_amount", question_key="people",
        message_zh="太多", message_en="Too much",
    )  # fmt: skip


def refused(verb, *args, **kwargs) -> Refused:
    """What a verb says; nothing of the forms has changed."""
    before = words_of_form()
    with pytest.raises(Refused) as caught:
        verb(*args, **kwargs)
    assert words_of_form() == before
    return caught.value


def test_building_is_told_in_the_events_of_the_round(officer, form):
    forms.add_question(form.sections.first(), by=officer, kind="date", key="when", **WORDS)

    assert Event.objects.get(kind="round.build").data == {"did": "add_question", "what": "when"}


def test_sections_move_and_keep_their_questions(officer, form):
    forms.move_section(form.sections.get(position=2), by=officer, place=1)

    assert [keys[0] for keys in keys_of(form)] == ["site", "team"]


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        (1, ["plan", "team", "team_size"]),
        (2, ["team", "plan", "team_size"]),
        (-5, ["plan", "team", "team_size"]),
    ],
)
def test_question_moves_into_another_section(officer, form, place, keys):
    first = form.sections.get(position=1)

    forms.move_question(question("plan"), by=officer, section=first, place=place)

    assert keys_of(form)[0][:3] == keys


def test_question_does_not_move_before_what_it_is_shown_by(officer, form):
    plan = forms.change_question(question("plan"), by=officer, show_when=WHEN_READY)
    first = form.sections.get(position=1)

    told = refused(forms.move_question, plan, by=officer, section=first, place=1)

    assert (
        str(told) == "“Question plan”: The condition is about “Question ready”, which comes later."
    )


def test_section_that_is_referred_to_stays_in_its_place(officer, form):
    forms.change_question(question("plan"), by=officer, show_when=WHEN_READY)

    told = refused(forms.move_section, form.sections.get(position=2), by=officer, place=1)

    assert "“Question ready”, which comes later" in str(told)


def test_option_that_a_condition_names_is_kept(officer, form):
    condition = {"all": [{"question": "category", "is": "equals", "value": "tools"}]}
    forms.change_question(question("plan"), by=officer, show_when=condition)

    told = refused(forms.change_question, question("category"), by=officer, options=[option("x")])

    assert str(told) == "“Question plan”: “tools” can be no answer to “Question category”."


def test_question_that_a_rule_names_is_kept(officer, form):
    words = {"message_zh": "太多", "message_en": "Too much"}
    form_rules.add_rule(form, by=officer, expression="own_funds < 5", **words)

    told = refused(forms.remove_question, question("own_funds"), by=officer)

    assert str(told).startswith("The rule “own_funds < 5”: ")


@pytest.mark.parametrize(
    "expression", ["__import__('os')", "team <", "nobody > 1", "1 < 2", "team_size"]
)
def test_wrong_rule_is_refused_in_a_sentence(officer, form, expression):
    words = {"message_zh": "太多", "message_en": "Too much"}

    told = refused(form_rules.add_rule, form, by=officer, expression=expression, **words)

    assert list(told.problems) == ["expression"]


def test_settings_of_other_kinds_are_left_out(officer, form):
    made = forms.add_question(
        form.sections.first(),
        by=officer,
        kind="date",
        key="day",
        max_length=3,
        options=[1],
        **WORDS,
    )

    assert (made.max_length, made.options) == (None, [])


def test_mark_of_a_question_tells_its_words_and_not_its_place(officer, form):
    before = mark_of(question("plan"))
    forms.move_question(
        question("plan"), by=officer, section=form.sections.get(position=1), place=1
    )
    assert mark_of(question("plan")) == before

    forms.change_question(question("plan"), by=officer, help_en="More")
    assert mark_of(question("plan")) != before


def test_columns_are_added_changed_moved_and_removed(officer, form):
    section = form.sections.first()
    group = forms.add_question(section, by=officer, kind="group", key="people", **WORDS)
    for name in ("Name", "Role"):
        columns.add_column(group, by=officer, kind="short_text", label_zh="列", label_en=name)

    columns.move_column(group, "role", by=officer, place=1)
    columns.change_column(group, "name", by=officer, label_en="Full name", max_length=40)
    group.refresh_from_db()
    assert [(row["key"], row.get("max_length")) for row in group.columns] == [
        ("role", None),
        ("name", 40),
    ]

    columns.remove_column(group, "role", by=officer)
    group.refresh_from_db()
    assert [row["key"] for row in group.columns] == ["name"]
    told = refused(columns.add_column, group, by=officer, kind="date", key="name", **WORDS)
    assert told.problems == {"key": "Another column has this key."}
    assert str(refused(columns.remove_column, group, "gone", by=officer)) == GONE


def test_new_version_is_a_copy_that_nobody_sees_until_it_is_published(officer, draft):
    full_form(draft.form, officer)
    first = copying_open(draft)
    before = as_data(outline_of(first.form))

    version = copying.begin_version(first, by=officer)

    assert as_data(outline_of(version)) == before
    assert (first.form.number, first.form_in_work.number) == (1, 2)
    assert copying.begin_version(first, by=officer) == version
    forms.change_question(
        Question.objects.get(section__form=version, key="team"), by=officer, label_en="Who?"
    )
    changes = what_changed(outline_of(first.form), outline_of(version))
    assert [(row.question.key, row.parts) for row in changes.changed] == [
        ("team", ["the question"])
    ]
    copying.publish_version(version, by=officer)
    assert Round.objects.get().form == version
    told = "This version of the form is published: it stays as it is."
    assert str(refused(forms.remove_question, question_of(version, "site"), by=officer)) == told


def copying_open(draft) -> Round:
    return cast.programs.open_round(draft, by=cast.person("officer"))


def question_of(form, key: str) -> Question:
    return Question.objects.get(section__form=form, key=key)


def test_new_version_is_thrown_away(officer):
    round = cast.open_round()
    version = copying.begin_version(round, by=officer)

    copying.discard_version(version, by=officer)

    assert round.form_versions.count() == 1
    told = refused(forms.add_section, version, by=officer, title_zh="a", title_en="a")
    assert str(told) == "This version of the form was thrown away meanwhile."


def test_closed_round_gets_no_new_version(officer):
    round = cast.programs.close_round(cast.open_round(), by=officer)

    told = refused(copying.begin_version, round, by=officer)

    assert str(told) == "A new version of the form is possible only until the round closes."


def test_copy_of_a_round_has_everything(officer, draft):
    full_form(draft.form, officer)
    Round.objects.update(is_blind=True, declaration_en="I declare.", grace_minutes=15)
    draft.refresh_from_db()

    copy = copying.copy_round(
        draft, by=officer, slug="next", title_zh="二", title_en="Two",
        opens_at=draft.opens_at, closes_at=draft.closes_at,
    )  # fmt: skip

    assert as_data(outline_of(copy.form)) == as_data(outline_of(draft.form))
    assert (copy.state, copy.is_blind, copy.declaration_en, copy.grace_minutes) == (
        "draft", True, "I declare.", 15,
    )  # fmt: skip
    for name in ("criteria", "planned_milestones"):
        both = [
            [{**row, "id": 0, "round_id": 0} for row in getattr(round, name).values()]
            for round in (draft, copy)
        ]
        assert both[0] == both[1]
    told = refused(
        copying.copy_round, draft, by=officer, slug="next", title_zh="a", title_en="a",
        opens_at=draft.opens_at, closes_at=draft.closes_at,
    )  # fmt: skip
    assert told.problems == {"slug": "Another round has this short name."}


def test_form_goes_out_and_comes_in_as_it_was(officer, draft):
    full_form(draft.form, officer)
    written = as_json(outline_of(draft.form))
    other = cast.draft_round("other")

    exchange.import_form(other.form, written.encode(), by=officer)

    assert as_json(outline_of(other.form)) == written


def data_of(draft) -> dict:
    return as_data(outline_of(draft.form))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\xff\xfe", "This file is no JSON that can be read."),
        (b"[" * 100_000, "This file is no JSON that can be read."),
        (b'{"version": NaN}', "This file is no JSON that can be read."),
        (b"9" * 5000, "This file is no JSON that can be read."),
        (b"[]", "“/” is no object."),
        (b"{}", "This is no form of this portal, or one of another version."),
        (b'{"format": "grant-form", "version": 2}', "This is no form of this portal, or one of another version."),
        (b'{"evil": 1}', "“/evil” is not known here."),
        (b" " * (2 * 1024 * 1024 + 1), "A form has at most 2 MB."),
    ],
)  # fmt: skip
def test_file_that_is_no_form_is_refused(officer, draft, raw, sentence):
    assert str(refused(exchange.import_form, draft.form, raw, by=officer)) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "song"}, "“/sections/0/questions/0/kind” is no kind of question."),
        ({"key": "a b"}, "/sections/0/questions/0/key: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
        ({"key": "plan"}, "/sections/1/questions/2/key: Another question of this form has this key."),
        ({"label": {"zh": "a\0", "en": "b"}}, "“/sections/0/questions/0/label/zh” has a sign that cannot be kept."),
        ({"label": "x"}, "“/sections/0/questions/0/label” is no object."),
        ({"max_length": True}, "“/sections/0/questions/0/max_length” is no whole number that fits."),
        ({"max_length": 10**30}, "“/sections/0/questions/0/max_length” is no whole number that fits."),
        ({"least": "1e999999"}, "/sections/0/questions/0"),
        ({"show_when": {"all": [{"question": "team", "is": "answered"}]}}, "“Question team”: A question cannot be shown because of its own answer."),
        ({"show_when": {"none": 1}}, "“Question team”: Conditions are all or any of a list of at most 20 tests."),
        ({"kind": "choice", "options": [{"value": {}, "zh": 1, "en": None}]}, "/sections/0/questions/0/options/0/value: Fill this in, in both languages."),
        ({"kind": "choice", "options": 5}, "“/sections/0/questions/0/options” is no list."),
        ({"kind": "file", "file_kinds": ["exe", {}]}, "/sections/0/questions/0/file_kinds: "),
        ({"kind": "group", "columns": [{"kind": "group", "key": "a"}]}, "/sections/0/questions/0/columns/0/kind: A column is of a simple kind."),
        ({"limit_unit": "miles"}, "/sections/0/questions/0/limit_unit: Value 'miles' is not a valid choice."),
    ],
)  # fmt: skip
def test_hostile_question_is_refused_with_its_place(officer, draft, change, sentence):
    data = data_of(draft)
    data["sections"][0]["questions"][0] |= change
    if change.get("least"):
        data["sections"][0]["questions"][0]["kind"] = "number"

    told = refused(exchange.import_form, draft.form, json.dumps(data).encode(), by=officer)

    assert str(told).startswith(sentence)


def test_form_that_is_too_big_is_refused(officer, draft):
    data = data_of(draft)
    data["sections"] = data["sections"][:1] * 51

    told = refused(exchange.import_form, draft.form, json.dumps(data).encode(), by=officer)

    assert str(told) == "A form has at most 50 sections, 300 questions and 100 rules."


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_lose_nothing(officer, draft):
    team = question("team")
    seen = mark_of(team)

    def write(text: str) -> Question:
        return forms.change_question(team, by=officer, seen=seen, label_en=text)

    outcomes = together(lambda: write("One"), lambda: write("Two"))

    assert [str(told) for told in outcomes if isinstance(told, Refused)] == [
        "Somebody changed this while you were writing. Compare both, then save again."
    ]
