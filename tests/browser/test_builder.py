"""The form builder in a browser: moved by hand and by key, and looked at in both languages."""

import pytest
from playwright.sync_api import Page

from grants.programs.services import form_rules, forms
from tests import cast
from tests.admin.form_building import form_page, keys_of, option

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def built_round():
    """A draft with a condition, a rule, a group and a long choice."""
    round, by = cast.draft_round(), cast.person("officer")
    first, second = round.form.sections.order_by("position")
    forms.add_question(
        second, by=by, kind="choice", key="region", label_zh="所在地区", label_en="Region",
        options=[option(f"r{n}") for n in range(200)],
    )  # fmt: skip
    team = forms.add_question(
        first, by=by, kind="group", key="people", label_zh="团队成员", label_en="People",
        help_zh="每人一行。", help_en="One row for each.",
        columns=[{"key": "name", "kind": "short_text", "label_zh": "姓名", "label_en": "Name"}],
    )  # fmt: skip
    condition = {"all": [{"question": "category", "is": "equals", "value": "tools"}]}
    forms.change_question(team, by=by, show_when=condition)
    form_rules.add_rule(
        round.form, by=by, expression="own_funds <= requested_amount",
        message_zh="自有资金不能超过申请金额。",
        message_en="Your own funds are not more than you ask for.",
    )  # fmt: skip
    return round, first, second, team


def addresses(round, first, second, team) -> list[str]:
    form = form_page(round)
    region = second.questions.get(key="region")
    return [
        form,
        f"{form}sections/add/",
        f"{form}sections/{second.pk}/",
        f"{form}sections/{first.pk}/questions/add/",
        f"{form}sections/{first.pk}/questions/add/?kind=short_text",
        f"{form}questions/{region.pk}/",
        f"{form}questions/{team.pk}/",
        f"{form}questions/{team.pk}/columns/name/",
        f"{form}rules/{round.form.rules.get().pk}/",
        f"{form}import/",
        f"/admin/rounds/{round.slug}/copy/",
        f"/rounds/{round.slug}/form/preview/",
    ]


def is_too_wide(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [("desk", "zh-hans", "light"), ("phone", "en", "light"), ("desk", "en", "dark")],
)
def test_builder_fits_and_is_accessible(open_page, sign_in, axe, size, language, scheme):
    parts = built_round()
    page = open_page(size=size, language=language, scheme=scheme)
    sign_in(page, "officer")

    for number, address in enumerate(addresses(*parts)):
        page.goto(address)
        page.screenshot(path=f"artifacts/screens/builder-{size}-{language}-{number}.png")
        assert (address, is_too_wide(page)) == (address, False)
        axe(page)


def test_question_is_moved_by_key_and_by_hand(page, sign_in):
    round, first, second, _team = built_round()
    sign_in(page, "officer")
    page.goto(form_page(round))

    down = page.locator(f"#down-question-{first.questions.get(key='team').pk}")
    down.focus()
    with page.expect_response(lambda answer: "/move/" in answer.url):
        page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert keys_of(round.form)[0][:2] == ["team_size", "team"]
    assert page.evaluate("document.activeElement.id") == down.get_attribute("id")

    page.set_viewport_size({"width": 1280, "height": 1600})
    row = page.locator(f"#question-{second.questions.get(key='site').pk}")
    grip = row.locator("[data-grip]").bounding_box()
    target = page.locator(f"#question-{first.questions.get(key='team').pk}").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 4, steps=12)
    with page.expect_response(lambda answer: "/move/" in answer.url):
        page.mouse.up()
    page.wait_for_load_state("networkidle")
    assert keys_of(round.form)[0][:3] == ["team_size", "site", "team"]


def test_all_of_it_works_without_scripts(open_page, sign_in):
    round, first, _second, _team = built_round()
    page = open_page(scripts=False)
    sign_in(page, "officer")
    page.goto(form_page(round))

    page.click(f"#down-question-{first.questions.get(key='team').pk}")
    assert keys_of(round.form)[0][:2] == ["team_size", "team"]

    page.goto(f"{form_page(round)}questions/{first.questions.get(key='ready').pk}/")
    page.click("#conditions-add")
    page.select_option("#id_conditions-0-question", "category")
    page.click(".builder-refresh")
    page.select_option("#id_conditions-0-value", "tools")
    page.click("main .btn-primary")
    assert first.questions.get(key="ready").show_when == {
        "all": [{"question": "category", "is": "equals", "value": "tools"}]
    }


def test_rows_of_a_spreadsheet_are_pasted(page, sign_in):
    round, _first, _second, _team = built_round()
    category = round.form.sections.first().questions.get(key="category")
    sign_in(page, "officer")
    page.goto(f"{form_page(round)}questions/{category.pk}/")

    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const box = document.querySelector("#id_options-0-zh");
            box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }""",
        "\n".join(f"甲{n}\tA {n}" for n in range(5)),
    )
    page.click("main .btn-primary")
    page.wait_for_url(f"**{form_page(round)}*")

    category.refresh_from_db()
    assert [row["zh"] for row in category.options] == [f"甲{n}" for n in range(5)]
