"""Questions of a form that others change, refer to, may not see, or that are published."""

import pytest
from django.urls import reverse

from grants.programs.models import Question
from grants.programs.services import copying, forms
from tests import cast
from tests.admin.conftest import READERS, answers, errors_of, open_to, without
from tests.admin.form_building import add_to, form_page, keys_of, page_of, question, words_of_form
from tests.admin.setting_up import filled, said

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


@pytest.mark.parametrize("keeps", [True, False])
def test_later_save_of_a_changed_question_is_told_and_then_saved(officer, draft, keeps):
    team = question("team")
    url = page_of(team)
    stale = filled(officer.get(url), label_en="Mine")
    forms.change_question(team, by=cast.person("officer"), label_en="Theirs")

    response = officer.post(url, stale)

    assert errors_of(response) == {"__all__": [CHANGED]}
    assert response.context["now"].label_en == "Theirs"
    assert question("team").label_en == "Theirs"
    again = filled(response)
    assert again["label_en"] == "Mine"
    if keeps:
        officer.post(url, again)
    assert question("team").label_en == ("Mine" if keeps else "Theirs")


def test_changing_another_question_meanwhile_is_no_conflict(officer, draft):
    url = page_of(question("team"))
    sent = filled(officer.get(url), label_en="Mine")
    forms.change_question(question("plan"), by=cast.person("officer"), label_en="Theirs")

    officer.post(url, sent)

    assert question("team").label_en == "Mine"


def test_question_that_somebody_removed_meanwhile_is_not_found(officer, draft):
    url = page_of(question("site"))
    sent = filled(officer.get(url))
    forms.remove_question(question("site"), by=cast.person("officer"))

    assert officer.post(url, sent).status_code == 404


def test_removing_asks_first(officer, draft):
    site = question("site")
    url = reverse("admin:question-remove", args=[draft.slug, site.pk])
    assert officer.get(url).context["name"] == "Question site"

    response = officer.post(url)

    assert said(response) == ["“Question site” was removed."]
    assert keys_of(draft.form)[1] == ["own_funds", "plan", "proposal"]


def test_question_that_is_referred_to_is_not_removed(officer, draft):
    condition = {"all": [{"question": "ready", "is": "equals", "value": "yes"}]}
    forms.change_question(question("plan"), by=cast.person("officer"), show_when=condition)
    before = words_of_form()

    response = officer.post(
        reverse("admin:question-remove", args=[draft.slug, question("ready").pk])
    )

    assert said(response) == [
        "“Question plan”: The condition is about “ready”, which the form does not have."
    ]
    assert words_of_form() == before


def test_copy_of_a_question_stands_after_it(officer, draft):
    officer.post(reverse("admin:question-copy", args=[draft.slug, question("category").pk]))

    assert keys_of(draft.form)[0] == [
        "team", "team_size", "category", "category-2", "ready", "launch_on",
    ]  # fmt: skip
    assert question("category-2").options == question("category").options


def test_section_is_removed_with_its_questions(officer, draft, section):
    url = reverse("admin:section-remove", args=[draft.slug, section.pk])
    assert officer.get(url).context["count"] == 5

    officer.post(url)

    assert keys_of(draft.form) == [["site", "own_funds", "plan", "proposal"]]


@pytest.mark.parametrize("later", [False, True])
def test_published_form_stays_as_it_is_and_says_so(officer, draft, section, later):
    if later:
        type(draft).objects.update(opens_at=draft.closes_at - cast.timedelta(days=1))
    urls = [
        page_of(question("team")),
        page_of(section),
        add_to(section, "date"),
        reverse("admin:section-add", args=[draft.slug]),
        reverse("admin:form-import", args=[draft.slug]),
    ]
    cast.programs.open_round(type(draft).objects.get(), by=cast.person("officer"))
    before = words_of_form()

    sent = [officer.post(url, WORDS) for url in urls]
    removed = officer.post(reverse("admin:section-remove", args=[draft.slug, section.pk]))

    assert {(r.status_code, r.url.partition("#")[0]) for r in [*sent, removed]} == {
        (302, form_page(draft))
    }
    assert said(removed) == [PUBLISHED] * 6
    assert words_of_form() == before


def test_pages_are_for_their_roles(at_desk, draft, section):
    assert answers(form_page(draft), at_desk=at_desk) == open_to(*READERS, "superuser")
    for url in (page_of(question("team")), page_of(section), add_to(section, "date")):
        assert answers(url, at_desk=at_desk) == open_to("officer")


def test_nobody_but_an_officer_changes_a_form(at_desk, draft, section):
    team = question("team")
    verbs = [
        ("form-move", []),
        ("form-import", []),
        ("form-begin", []),
        ("form-publish", []),
        ("form-discard", []),
        ("section-add", []),
        ("section-edit", [section.pk]),
        ("section-remove", [section.pk]),
        ("question-add", [section.pk]),
        ("question-edit", [team.pk]),
        ("question-remove", [team.pk]),
        ("question-copy", [team.pk]),
        ("column-add", [team.pk]),
        ("column-edit", [team.pk, "a"]),
        ("column-verb", [team.pk, "a", "remove"]),
        ("rule-add", []),
    ]
    before = words_of_form()

    for name, places in verbs:
        url = reverse(f"admin:{name}", args=[draft.slug, *places])
        found = answers(url, WORDS, of=without("officer"), at_desk=at_desk)
        assert set(found.values()) == {403, "login"}

    assert words_of_form() == before


def test_part_of_another_round_is_not_found(officer, draft):
    other = copying.copy_round(
        draft,
        by=cast.person("officer"),
        slug="other",
        title_zh="二",
        title_en="Two",
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
    )
    theirs = other.form.sections.first()

    urls = [
        reverse("admin:section-edit", args=[draft.slug, theirs.pk]),
        reverse("admin:question-edit", args=[draft.slug, theirs.questions.first().pk]),
    ]

    assert [officer.get(url).status_code for url in urls] == [404, 404]


def test_pages_cost_the_same_with_50_questions_of_200_options(
    officer, draft, section, django_assert_num_queries
):
    url = page_of(question("ready"))
    with django_assert_num_queries(QUERIES["form"]):
        officer.get(form_page(draft))
    with django_assert_num_queries(QUERIES["question"]):
        officer.get(url)

    options = [{"value": f"v{n}", "zh": f"选项{n}", "en": f"Option {n}"} for n in range(200)]
    Question.objects.bulk_create(
        Question(
            section=section, key=f"k{n}", kind="choice", label_zh="问", label_en="Q",
            options=options, position=10 + n,
        )
        for n in range(50)
    )  # fmt: skip

    with django_assert_num_queries(QUERIES["form"]):
        assert officer.get(form_page(draft)).context["counts"]["questions"] == 59
    with django_assert_num_queries(QUERIES["question"]):
        officer.get(url)
    last = page_of(question("k49"))
    with django_assert_num_queries(QUERIES["question"]):
        assert filled(officer.get(last))["options-199-value"] == "v199"


QUERIES = {"form": 11, "question": 9}
