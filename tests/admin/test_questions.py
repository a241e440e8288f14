"""The form of a round is built a section at a time."""

import pytest

from grants.events.models import Event
from grants.programs.models import Question, QuestionKind, Round, Section
from tests import cast
from tests.admin.conftest import READERS, answers, open_to, without
from tests.admin.setting_up import LONG, assert_refused, counts, filled, rows, said, submit, wrong

pytestmark = pytest.mark.django_db

LIST = "/admin/grants/section/"
SECTION = {"title_zh": "新节", "title_en": "New section", "position": "3"}
QUESTION = {
    "position": "1",
    "key": "fresh",
    "kind": "short_text",
    "max_length": "80",
    "label_zh": "问题",
    "label_en": "Question",
    "options": "",
}
CHOICE = QUESTION | {"kind": "choice", "max_length": "", "options": "a | 甲 | A\r\nb | 乙 | B"}
GONE = "Somebody removed a row meanwhile. Reload the page."
PUBLISHED = "The form, the criteria and the milestones are published: they stay."


def add(round) -> str:
    return f"{LIST}add/?form={round.form.pk}"


def change(section) -> str:
    return f"{LIST}{section.pk}/change/"


def delete(section) -> str:
    return f"{LIST}{section.pk}/delete/"


def words_of_form() -> list:
    """All that a form says, to be compared."""
    return [list(model.objects.order_by("pk").values()) for model in (Section, Question)]


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


@pytest.fixture
def section(draft):
    return draft.form.sections.first()


def test_officer_adds_a_section_with_questions_of_all_kinds(officer, draft):
    kinds = [
        (CHOICE if kind == "choice" else QUESTION | {"max_length": ""})
        | {"key": kind, "kind": kind, "position": str(number)}
        for number, kind in enumerate(QuestionKind.values, start=1)
    ]

    response = submit(officer, add(draft), SECTION | rows("questions", *kinds))

    section = Section.objects.get(title_en="New section")
    asked = section.questions.order_by("position")
    assert (response.status_code, response.url) == (302, "/admin/rounds/round-1/")
    assert [question.kind for question in asked] == QuestionKind.values
    assert asked.get(kind="choice").options == [
        {"value": "a", "zh": "甲", "en": "A"},
        {"value": "b", "zh": "乙", "en": "B"},
    ]
    assert Event.objects.get(kind="round.change").data == {"changed": ["section 3"]}


def test_question_keeps_its_limit_its_help_and_that_it_is_optional(officer, draft):
    question = QUESTION | {"max_length": "120", "help_en": "In short.", "help_zh": "简短。"}

    submit(officer, add(draft), SECTION | rows("questions", question))

    found = Question.objects.get(key="fresh")
    assert (found.max_length, found.help_en, found.is_required) == (120, "In short.", False)


def test_officer_changes_moves_and_removes(officer, draft, section):
    changes = {"title_en": "Better", "position": "7", "questions-0-label_en": "Who are you?"}

    submit(officer, change(section), changes | {"questions-1-DELETE": "on"})

    section.refresh_from_db()
    assert (section.title_en, section.position, section.questions.count()) == ("Better", 7, 4)
    assert section.questions.get(key="team").label_en == "Who are you?"
    assert not section.questions.filter(key="team_size").exists()


def test_saving_a_section_as_it_is_changes_nothing_and_tells_of_nothing(officer, section):
    before = counts(), words_of_form()
    shown = filled(officer.get(change(section)))

    officer.post(change(section), shown)

    assert shown["questions-2-options"] == "tools | 工具 | Tools"
    assert (counts(), words_of_form()) == before


def test_saving_goes_on_to_the_next_section_of_the_same_form(officer, draft):
    assert filled(officer.get(add(draft)))["position"] == "3"

    response = submit(officer, add(draft), SECTION | {"_addanother": "1"})

    assert (response.status_code, response.url) == (302, add(draft))
    assert filled(officer.get(response.url))["position"] == "4"


def test_page_of_a_section_offers_no_section_without_a_form(officer, section):
    assert "_addanother" not in officer.get(change(section)).content.decode()
    assert "section/add/" not in officer.get(LIST).content.decode()


def test_officer_deletes_a_section_of_a_draft(officer, draft, section):
    response = officer.post(delete(section), {"post": "yes"})

    assert (response.status_code, response.url) == (302, "/admin/rounds/")
    assert said(response) == ["The section “Section 1” was deleted successfully."]
    assert list(draft.form.sections.values_list("title_en", flat=True)) == ["Section 2"]
    assert Event.objects.get(kind="round.change").data == {"changed": ["section 1"]}


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"position": "1"}, {"position": ["Another section stands at this position."]}),
        (
            {"position": "9" * 30},
            {"position": ["Ensure this value is less than or equal to 32767."]},
        ),
        ({"position": "-1"}, {"position": ["Ensure this value is greater than or equal to 0."]}),
        ({"title_zh": ""}, {"title_zh": ["This field is required."]}),
        (
            {"title_en": LONG},
            {"title_en": ["Ensure this value has at most 80 characters (it has 1000)."]},
        ),
        ({"title_en": "a\0"}, {"title_en": ["Null characters are not allowed."]}),
    ],
)
def test_wrong_section_keeps_what_was_typed(officer, draft, typed, errors):
    changes = SECTION | typed | rows("questions", QUESTION)
    before = counts()

    response = submit(officer, add(draft), changes)

    assert_refused(response, changes, errors, before)


@pytest.mark.parametrize(
    ("question", "errors"),
    [
        ({"key": "plan"}, {"key": ["Another section has a question with this key."]}),
        ({"key": "amount"}, {"key": ["This key is taken by the portal. Choose another one."]}),
        ({"key": ""}, {"key": ["This field is required."]}),
        ({"label_en": "a\0"}, {"label_en": ["Null characters are not allowed."]}),
        (
            {"max_length": "9" * 30},
            {"max_length": ["Ensure this value is less than or equal to 2147483647."]},
        ),
        ({"max_length": "NaN"}, {"max_length": ["Enter a whole number."]}),
        (
            {"max_length": "-1"},
            {"max_length": ["Ensure this value is greater than or equal to 0."]},
        ),
        ({"kind": "number"}, {"max_length": ["Only texts have a limit."]}),
        ({"kind": "choice", "max_length": ""}, {"options": ["Give the options of the choice."]}),
        ({"options": "a | 甲 | A"}, {"options": ["Only a choice has options."]}),
        (
            CHOICE | {"options": '[{"value": 1}]'},
            {"options": ['Write “[{"value": 1}]” as: value | Chinese | English.']},
        ),
        (
            CHOICE | {"options": "a | | A"},
            {"options": ["Write “a | | A” as: value | Chinese | English."]},
        ),
        (
            CHOICE | {"options": "a | b | c | d"},
            {"options": ["Write “a | b | c | d” as: value | Chinese | English."]},
        ),
        (
            CHOICE | {"options": "a|甲|A\r\na|乙|B"},
            {"options": ["Each option needs a value of its own."]},
        ),
        (CHOICE | {"options": "a\0|甲|A"}, {"options": ["Null characters are not allowed."]}),
    ],
)
def test_wrong_question_keeps_what_was_typed(officer, draft, question, errors):
    changes = SECTION | rows("questions", QUESTION | question)
    before = counts()

    response = submit(officer, add(draft), changes)

    errors = {f"questions-0-{field}": texts for field, texts in errors.items()}
    assert_refused(response, changes, errors, before)


def test_question_of_no_kind_is_refused(officer, draft):
    before = counts()

    response = submit(officer, add(draft), SECTION | rows("questions", QUESTION | {"kind": "song"}))

    assert list(wrong(response)) == ["questions-0-kind"]
    assert counts() == before


def test_key_stands_once_in_a_section(officer, draft):
    before = counts()

    response = submit(officer, add(draft), SECTION | rows("questions", QUESTION, QUESTION))

    assert wrong(response)["questions"] == ["Please correct the duplicate data for key."]
    assert counts() == before


def test_question_that_somebody_removed_meanwhile_is_told_of(officer, section):
    stale = filled(officer.get(change(section)), title_en="Better")
    section.questions.get(key="ready").delete()

    response = officer.post(change(section), stale)

    section.refresh_from_db()
    assert wrong(response)["questions"] == [GONE]
    assert GONE in response.content.decode()
    assert section.title_en == "Section 1"


@pytest.mark.parametrize("later", [False, True])
def test_published_form_stays_as_it_is_and_says_so(officer, draft, section, later):
    stale = filled(officer.get(change(section)), title_en="Better")
    fresh = filled(officer.get(add(draft)), **SECTION)
    if later:
        Round.objects.update(opens_at=draft.closes_at - cast.timedelta(days=1))
    cast.programs.open_round(Round.objects.get(), by=cast.person("officer"))
    before = counts(), words_of_form()

    sent = [
        officer.post(change(section), stale),
        officer.post(add(draft), fresh),
        officer.post(delete(section), {"post": "yes"}),
    ]

    assert [(r.status_code, r.url) for r in sent] == [(302, "/admin/rounds/round-1/")] * 3
    assert said(sent[0]) == [PUBLISHED]
    assert (counts(), words_of_form()) == before
    assert officer.get(add(draft)).status_code == 403
    assert "title_en" not in filled(officer.get(change(section)))


def test_pages_are_for_their_roles(at_desk, draft, section):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS, "superuser")
    assert answers(change(section), at_desk=at_desk) == open_to(*READERS, "superuser")
    assert answers(add(draft), at_desk=at_desk) == open_to("officer")
    assert answers(delete(section), at_desk=at_desk) == open_to("officer")


def test_nobody_but_an_officer_changes_a_form(at_desk, draft, section):
    before = counts(), words_of_form()

    for url in (add(draft), change(section), delete(section)):
        found = answers(url, SECTION | {"post": "yes"}, of=without("officer"), at_desk=at_desk)
        assert set(found.values()) == {403, "login"}

    assert (counts(), words_of_form()) == before


@pytest.mark.parametrize("form", ["0", "x", "-1", "%00", "9" * 30, "9" * 5000])
def test_section_of_no_form_is_not_found(officer, draft, form):
    assert officer.get(f"{LIST}add/?form={form}").status_code == 404
    assert officer.post(f"{LIST}add/?form={form}", SECTION).status_code == 404


def test_list_and_page_cost_the_same_at_1_and_30_rows(
    officer, draft, section, django_assert_num_queries
):
    url = change(section)
    with django_assert_num_queries(5):
        officer.get(LIST)
    with django_assert_num_queries(7):
        officer.get(url)

    same = {"title_zh": "x", "title_en": "x", "form": draft.form}
    Section.objects.bulk_create(Section(position=n, **same) for n in range(10, 38))
    same = {"section": section, "kind": "date", "position": 9}
    Question.objects.bulk_create(Question(key=f"k{n}", **same) for n in range(25))

    with django_assert_num_queries(5):
        assert officer.get(LIST).context["cl"].result_count == 30
    with django_assert_num_queries(7):
        assert filled(officer.get(url))["questions-TOTAL_FORMS"] == "30"
