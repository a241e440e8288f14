"""Building a form by its verbs."""

import pytest
from django.utils import translation

from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.changes import what_changed
from grants.programs.exchange import as_data
from grants.programs.models import Question, Round
from grants.programs.questions import mark_of
from grants.programs.selectors import outline_of
from grants.programs.services import columns, copying, form_rules, forms
from tests import cast
from tests.admin.form_building import keys_of, option
from tests.programs.full_form import WHEN_READY, WORDS, full_form, question, refused
from tests.together import together

pytestmark = pytest.mark.django_db

GONE = "Somebody removed this meanwhile."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def officer():
    return cast.person("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


@pytest.fixture
def form(draft):
    return draft.form


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
    first = cast.programs.open_round(draft, by=officer)
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


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_lose_nothing(officer, draft):
    team = question("team")
    seen = mark_of(team)

    def write(text: str) -> Question:
        with translation.override("en"):
            return forms.change_question(team, by=officer, seen=seen, label_en=text)

    outcomes = together(lambda: write("One"), lambda: write("Two"))

    assert [str(told) for told in outcomes if isinstance(told, Refused)] == [
        "Somebody changed this while you were writing. Compare both, then save again."
    ]
