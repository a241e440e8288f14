"""What the page counts is what the server counts."""

import re

import pytest
from django.urls import reverse

from grants.core.texts import is_blank, length_of, one_line
from tests import every_kind

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = [
    "",
    "  \u200b ",
    "做一个好用的笔记应用。",
    "AMOS 手机上的 notes，v2.0！",
    "👩‍👩‍👧‍👦 家庭 👍🏽",
    "e\u0301te\u0301 cafe\u0301 नमस्ते",
    "한국어 かな カナ ｶﾅ",
    "a\r\nb\rc\n",
    "\u3000全角空格\u3000",
    "don't stop-it 3.14 1,000",
    "𠮷野家 𝒜𝒷",
    "مرحبا بالعالم",
    "x\u200cy\u200dz",
]


def number_of(line: str) -> int:
    return int(re.search(r"[\d,]+", line)[0].replace(",", ""))


def left(page, field: str, text: str) -> int:
    page.evaluate(
        "([id, text]) => { const box = document.getElementById(id); box.value = text;"
        " box.dispatchEvent(new Event('input', {bubbles: true})); }",
        [field, text],
    )
    return number_of(page.inner_text(f"#{field}_counter"))


def test_page_counts_as_the_server_does(open_page, sign_in):
    application = every_kind.draft()
    page = open_page(language="en")
    sign_in(page, "applicant")
    page.route("**/autosave/", lambda route: route.abort())
    counted, expected = [], []

    page.goto(reverse("application-section", args=[application.reference, 3]))
    counted += [60 - left(page, "id_q-about", text) for text in TEXTS]
    expected += [0 if is_blank(text) else length_of(text, "words") for text in TEXTS]
    page.goto(reverse("application-section", args=[application.reference, 1]))
    counted += [200 - left(page, "id_q-team", text) for text in TEXTS]
    expected += [0 if is_blank(text) else length_of(text, "characters") for text in TEXTS]
    page.goto(reverse("application-section", args=[application.reference, 2]))
    lines = [text for text in TEXTS if "\r" not in text]  # a field of one line takes none
    counted += [100 - left(page, "id_q-plan", text) for text in lines]
    expected += [length_of(one_line(text.strip()), "characters") for text in lines]

    assert counted == expected
