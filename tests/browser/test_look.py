"""The shell of every page: language, colours, sign-in, with and without scripts."""

import pytest

from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
ENTRANCES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]


def width_that_scrolls(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_entrance_is_accessible_and_fits(open_page, axe, size, scheme, language):
    page = open_page(size=size, scheme=scheme, language=language)

    for path in ENTRANCES:
        page.goto(path)

        assert page.locator("html").get_attribute("lang") == language
        assert width_that_scrolls(page) <= 0
        axe(page)


def test_language_is_switched_without_scripts(open_page):
    page = open_page(scripts=False)
    page.goto("/accounts/login/?next=/organisation/")

    page.click("button[value=en]")

    assert page.locator("h1").inner_text() == "Sign in"
    assert page.url.endswith("/accounts/login/?next=/organisation/")


def test_colours_follow_the_system_until_somebody_chooses(open_page):
    page = open_page(scheme="dark")
    page.goto("/accounts/login/")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)

    page.click(".theme-toggle")
    light = page.evaluate(ground)
    page.reload()

    assert light != dark
    assert page.evaluate(ground) == light


def test_dark_colours_need_no_scripts(open_page):
    page = open_page(scheme="dark", scripts=False)
    page.goto("/accounts/login/")

    page.emulate_media(color_scheme="dark")
    dark = page.locator("body").screenshot()
    page.emulate_media(color_scheme="light")

    assert page.locator("body").screenshot() != dark
    assert page.locator(".theme-toggle").is_visible() is False


def test_wrong_password_is_said_and_takes_the_focus(open_page, axe):
    page = open_page(language="en")
    page.goto("/accounts/login/")
    page.fill("[name=login]", "nobody@test.example")
    page.fill("[name=password]", "wrong-password")

    page.click("main button[type=submit]")

    summary = page.locator(".notice-summary")
    assert "email address and/or password" in summary.inner_text()
    assert summary.evaluate("element => element === document.activeElement") is True
    axe(page)


def test_second_press_sends_nothing(open_page):
    page = open_page()
    page.goto("/accounts/login/")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.fill("[name=login]", "nobody@test.example")
    page.fill("[name=password]", "wrong-password")

    with page.expect_navigation():
        page.evaluate(
            """() => {
                const button = document.querySelector("main button[type=submit]");
                button.click();
                button.click();
            }"""
        )

    assert len(sent) == 1


def test_menu_of_the_account_opens_and_closes_by_keyboard(open_page, sign_in, axe):
    page = open_page(language="en")
    sign_in(page, "applicant")
    summary = page.locator(".shell-tools summary")

    summary.focus()
    page.keyboard.press("Enter")
    opened = page.locator(".menu-panel").is_visible()
    axe(page)
    page.keyboard.press("Escape")

    assert opened is True
    assert page.locator(".menu-panel").is_visible() is False
    assert summary.evaluate("element => element === document.activeElement") is True


def test_sign_out_is_one_press_in_the_menu(open_page, sign_in):
    page = open_page(scripts=False, language="en")
    sign_in(page, "applicant")
    assert page.locator(".menu-note strong").text_content() == cast.person("applicant").name

    page.click(".shell-tools summary")
    page.click(".menu-panel button")

    assert page.locator(".shell-tools a[href$='/accounts/login/']").is_visible() is True


@pytest.mark.parametrize(
    ("unit", "text", "left"),
    [
        ("characters", "你好👍🏽", 16),
        ("words", "用 Kotlin 2.0 写的 don't stop", 13),
    ],
)
def test_counter_counts_code_points_or_words(open_page, unit, text, left):
    page = open_page(language="en")
    page.goto("/accounts/login/")
    page.evaluate(
        """unit => {
            const box = document.querySelector("[name=login]");
            box.type = "text";
            box.dataset.limit = 20;
            box.dataset.unit = unit;
            const line = document.createElement("p");
            line.id = box.id + "_counter";
            line.dataset.left = "{n}";
            document.querySelector("main").append(line);
        }""",
        unit,
    )

    page.fill("[name=login]", text)

    assert page.locator("#id_login_counter").inner_text() == str(left)
