"""Moving parts of a form, its rules, columns and versions, and forms and rounds that are copied."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grants.programs.models import Question, Round
from grants.programs.services import columns, form_rules, forms
from tests import cast
from tests.admin.conftest import READERS, answers, errors_of, open_to
from tests.admin.form_building import form_page, keys_of, words_of_form
from tests.admin.setting_up import filled, said

pytestmark = pytest.mark.django_db

FIRST = "team team_size category ready launch_on"
SECOND = "site own_funds plan proposal"
WORDS = {"label_zh": "列", "label_en": "Name"}
RULE = {"message_zh": "太多", "message_en": "Too much"}


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


def question(key: str) -> Question:
    return Question.objects.filter(key=key).latest("pk")


def at(round, name: str, *places) -> str:
    return reverse(f"admin:{name}", args=[round.slug, *places])


@pytest.mark.parametrize(
    ("key", "verb", "first", "second"),
    [
        ("team", "down", "team_size team category ready launch_on", SECOND),
        ("team", "up", FIRST, SECOND),
        ("launch_on", "down", "team team_size category ready", f"launch_on {SECOND}"),
        ("site", "up", f"{FIRST} site", "own_funds plan proposal"),
        ("proposal", "down", FIRST, SECOND),
    ],
)
def test_question_moves_by_buttons(officer, draft, key, verb, first, second):
    officer.post(at(draft, "form-move"), {"move": f"question:{question(key).pk}:{verb}"})

    assert keys_of(draft.form) == [first.split(), second.split()]


def test_question_is_dropped_at_a_place_of_a_section(officer, draft):
    section = draft.form.sections.get(position=1)

    officer.post(
        at(draft, "form-move"), {"move": f"question:{question('plan').pk}:to:{section.pk}:2"}
    )

    assert keys_of(draft.form)[0][:3] == ["team", "plan", "team_size"]


def test_section_moves(officer, draft):
    second = draft.form.sections.get(position=2)

    response = officer.post(at(draft, "form-move"), {"move": f"section:{second.pk}:up"})

    assert response.url == f"{form_page(draft)}#section-{second.pk}"
    assert [keys[0] for keys in keys_of(draft.form)] == ["site", "team"]


@pytest.mark.parametrize(
    "move", ["", "song:1:up", "question:0:up", "section:\0:up", "question:9" * 99]
)
def test_move_of_nothing_is_not_found(officer, draft, move):
    before = words_of_form()

    assert officer.post(at(draft, "form-move"), {"move": move}).status_code == 404
    assert words_of_form() == before


def test_rule_is_written_refused_in_a_sentence_and_removed(officer, draft):
    url = at(draft, "rule-add")
    refused = officer.post(url, filled(officer.get(url)) | RULE | {"expression": "nobody < 1"})
    assert list(errors_of(refused)) == ["expression"]

    officer.post(url, filled(refused, expression="own_funds <= requested_amount"))
    rule = draft.form.rules.get()
    assert (rule.expression, rule.question_key) == ("own_funds <= requested_amount", "")

    url = at(draft, "rule-edit", rule.pk)
    stale = filled(officer.get(url), message_en="Mine")
    form_rules.change_rule(rule, by=cast.person("officer"), message_en="Theirs")
    told = "Somebody changed this while you were writing. Compare both, then save again."
    assert errors_of(officer.post(url, stale)) == {"__all__": [told]}

    officer.post(at(draft, "rule-remove", rule.pk))
    assert draft.form.rules.count() == 0


def test_columns_of_a_group(officer, draft):
    section = draft.form.sections.first()
    group = forms.add_question(
        section, by=cast.person("officer"), kind="group", key="people", **WORDS
    )
    url = at(draft, "column-add", group.pk)
    assert "group" not in [kind.value for kind in officer.get(url).context["kinds"]]

    for kind in ("short_text", "money"):
        page = officer.get(f"{url}?kind={kind}")
        officer.post(f"{url}?kind={kind}", filled(page) | WORDS)
    officer.post(at(draft, "column-verb", group.pk, "name-2", "up"))
    url = at(draft, "column-edit", group.pk, "name")
    officer.post(url, filled(officer.get(url), label_en="Full name"))

    group.refresh_from_db()
    assert [(row["key"], row["label_en"]) for row in group.columns] == [
        ("name-2", "Name"),
        ("name", "Full name"),
    ]
    officer.post(at(draft, "column-verb", group.pk, "name", "remove"))
    group.refresh_from_db()
    assert [row["key"] for row in group.columns] == ["name-2"]
    assert officer.get(url).status_code == 404


def test_group_without_columns_keeps_a_round_from_opening(officer, draft):
    by = cast.person("officer")
    group = forms.add_question(
        draft.form.sections.first(), by=by, kind="group", key="people", **WORDS
    )
    assert officer.get(form_page(draft)).context["problems"] == ["“Name” has no columns."]

    columns.add_column(group, by=by, kind="date", **WORDS)

    assert officer.get(form_page(draft)).context["problems"] == []


def test_new_version_is_begun_changed_published(officer):
    round = cast.open_round()
    assert officer.get(form_page(round)).context["may_renew"]
    officer.post(at(round, "form-begin"))
    team = question("team")
    url = at(round, "question-edit", team.pk)
    officer.post(url, filled(officer.get(url), label_en="Who?"))

    context = officer.get(at(round, "form-publish")).context
    assert [row.question.label_en for row in context["changes"].changed] == ["Who?"]
    assert Round.objects.get().form.number == 1
    officer.post(at(round, "form-publish"))

    assert Round.objects.get().form.number == 2
    assert not officer.get(form_page(round)).context["may_build"]
    assert officer.get(f"{form_page(round)}?version=1").context["form"].number == 1


def test_new_version_is_thrown_away(officer):
    round = cast.open_round()
    officer.post(at(round, "form-begin"))

    officer.post(at(round, "form-discard"))

    assert round.form_versions.count() == 1


@pytest.mark.parametrize("version", ["9", "x", "²", "9" * 5000, "%00"])
def test_version_that_is_none_is_not_found(officer, draft, version):
    assert officer.get(f"{form_page(draft)}?version={version}").status_code == 404


def test_form_is_taken_along_and_brought_in(officer, draft):
    other = cast.draft_round("other")
    written = officer.get(at(draft, "form-export"))
    assert written["Content-Disposition"] == 'attachment; filename="form-round-1-1.json"'
    forms.remove_question(question("plan"), by=cast.person("officer"))

    sent = SimpleUploadedFile("form.json", written.content)
    response = officer.post(at(other, "form-import"), {"file": sent})

    assert said(response) == ["The form was brought in."]
    assert keys_of(other.form) == keys_of(draft.form)


def test_file_that_is_no_form_is_told(officer, draft):
    before = words_of_form()

    sent = SimpleUploadedFile("form.json", b"{")
    response = officer.post(at(draft, "form-import"), {"file": sent})

    assert errors_of(response) == {"file": ["This file is no JSON that can be read."]}
    assert words_of_form() == before


def test_round_is_copied(officer, draft):
    url = at(draft, "round-copy")
    sent = filled(officer.get(url), slug="next", title_en="Next")

    response = officer.post(url, sent)

    assert response.url == "/admin/rounds/next/"
    copy = Round.objects.get(slug="next")
    assert (copy.state, copy.title_en, keys_of(copy.form)) == ("draft", "Next", keys_of(draft.form))
    assert errors_of(officer.post(url, sent)) == {"slug": ["Another round has this short name."]}


def test_pages_are_for_their_roles(at_desk, draft):
    assert answers(at(draft, "form-export"), at_desk=at_desk) == open_to(*READERS, "superuser")
    for name in ("round-copy", "rule-add", "form-import", "section-add", "form-publish"):
        assert answers(at(draft, name), at_desk=at_desk) == open_to("officer")
