"""What is cut off an answer: the quoted mail of every program, and no word of the person's own."""

import time

import pytest

from grants.messages.quoted import MARK, own_words

ANSWER = "好的，谢谢。\n\n我们下周补交。"
QUOTES = {
    "gmail": "On Wed, 25 Nov 2026 at 14:00, AMOS Fund <fund@amos.example> wrote:\n> old\n> older",
    "gmail zh": "AMOS Fund <fund@amos.example> 于2026年11月25日周三 14:00写道：\n\n> 旧",
    "apple zh": "在 2026年11月25日，14:00，AMOS <fund@amos.example> 写道：\n\n> 旧",
    "netease": '在 2026-11-25 14:00:01，"AMOS" <fund@amos.example> 写道：\n\n旧',
    "qq": '------------------ 原始邮件 ------------------\n发件人: "AMOS" <a@b.c>;\n旧',
    "outlook zh": "发件人: AMOS <a@b.c>\n发送时间: 2026年11月25日\n收件人: 李\n主题: 一\n\n旧",
    "foxmail": "发件人： AMOS\n发送时间： 2026-11-25\n收件人： 李\n主题： 一\n\n旧",
    "outlook": "-----Original Message-----\nFrom: AMOS <a@b.c>\nSent: Wed\nTo: Li\n\nold",
    "mark": f"{MARK}\n\n您好，\n旧",
    "mark quoted": f"> {MARK}\n>\n> 您好",
    "broken header": "On Wed, 25 Nov 2026 at 14:00, AMOS Fund\n<fund@amos.example> wrote:\n"
    f"\n> {MARK}\n> old",
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_quoted_mail_is_cut_off(quote):
    assert own_words(f"{ANSWER}\n\n{quote}\n") == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "1. 第一\n- 第二\n- 第三\n\nBest regards\n李娜",
        "他在2020年写道：\n一切都好。",
        "发件人：请填写贵公司的名称。",
        "On Monday we wrote:\nnothing",
        "a\n\n\nb",
        "<b>&</b>",
    ],
)
def test_own_words_stay(text):
    assert own_words(text) == text


def test_answer_below_the_quote_is_found():
    text = f"On Wed, AMOS <a@b.c> wrote:\n> {MARK}\n> 您好\n\n好的"

    assert own_words(text).endswith("好的")
    assert MARK not in own_words(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "\n" * 100_000,
        "On " * 33_000,
        "在 " * 50_000,
        ">\n" * 50_000,
        "发件人：\n" * 20_000,
        "-" * 100_000,
    ],
    ids=["lines", "on", "zai", "quotes", "from", "dashes"],
)
def test_hostile_text_is_cut_quickly(hostile):
    began = time.monotonic()

    own_words(hostile)

    assert time.monotonic() - began < 5
