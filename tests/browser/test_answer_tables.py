"""Answers that are rows, seen in Chromium; and how it reads the patterns of the schema.

Pictures lie in artifacts/screens/.
"""

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from grants.applications.services.drafts import save_answers
from grants.core import links, number_patterns, text_patterns
from grants.core.patterns import portable
from tests import cast
from tests.browser.conftest import SCREENS
from tests.demo.test_porting_form import filled_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
TEXTS = [
    "", " ", "a", "星火", " a", "a\n", "a\nb", "a\r\nb", "\u200b", "a\u200bb", "\u200da", "😀",
    "𠮷", "5", "5.0", "-5", "05", "4.99", "12", "2028-02-29", "2027-02-29", "2027-02-28",
    "https://a.cn", "https://例子.中国/a?b", "https://a b.cn", "https://localhost", "a_b-c",
    "HTTP://8.8.8.8:80/", "13800138000", "com.example.a", "\U000e0041", "\ufeff", "\u2028",
]  # fmt: skip
WRITTEN = [r"1[3-9]\d{9}", r"[\w-]+", r"[^/\s]{1,3}", "(?:a|星)+.", r"\S\W", r"[-./\]]"]
PATTERNS = [
    text_patterns.line(),
    text_patterns.lines(),
    text_patterns.visible(),
    text_patterns.DATE,
    text_patterns.days("2027-02-28", "at_least"),
    links.PATTERN,
    number_patterns.at_least(Decimal("4.99")),
    number_patterns.at_most(Decimal("5")),
    number_patterns.equal_to(Decimal("5")),
    *(f"^(?:{portable(written)}){text_patterns.END}" for written in WRITTEN),
]


def test_chromium_reads_every_pattern_as_the_server_does(page):
    page.goto("/")

    found = page.evaluate(
        """([patterns, texts]) => patterns.map(
            (pattern) => texts.filter((text) => new RegExp(pattern, "u").test(text))
        )""",
        [PATTERNS, TEXTS],
    )

    assert found == [[text for text in TEXTS if re.search(pattern, text)] for pattern in PATTERNS]


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [("phone", "zh-hans", "light"), ("phone", "en", "dark"), ("desk", "zh-hans", "dark")],
)
def test_rows_are_readable_everywhere(open_page, axe, live_server, size, language, scheme):
    application = filled_in()
    first = {"package_name": "com.example." + "long" * 20, "store_link": f"https://a.cn/{'x' * 90}"}
    second = {"package_name": "notes", "device_share": "200"}
    save_answers(
        application,
        by=cast.person(),
        answers={
            "apps": [first | {"category": "tools"}, second],
            "costs": [{"item": "=1+1 测试" * 9, "amount": "1234567.89"}, {"item": "x"}],
        },
    )
    page = open_page(size=size, language=language, scheme=scheme)
    visitor = Client()
    visitor.force_login(cast.person())
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": visitor.cookies[name].value, "url": live_server.url}]
    )

    page.goto(f"/applications/{application.reference}/check/")

    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"answer-rows-{size}-{language}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    axe(page)
