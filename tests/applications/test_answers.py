"""Right answers are kept in one normal form, wrong ones as they were typed, with a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.applications.answers import Wrong, problems, read_answer, tidy
from grants.programs.models import Question, QuestionKind

OPTIONS = [{"value": "tools", "zh": "工具", "en": "Tools"}]


def question(kind: str, **columns) -> Question:
    return Question(key="q", kind=kind, options=OPTIONS, **columns)


RIGHT = [
    ("short_text", "  星火  ", "星火"),
    ("long_text", "一\r\n二", "一\n二"),
    ("long_text", "a\x00b", "ab"),
    ("short_text", "a\ud800b", "ab"),
    ("number", "12", "12"),
    ("number", 12, "12"),
    ("number", "1,200.50", "1200.5"),
    ("number", "-3", "-3"),
    ("number", "1,234,567", "1234567"),
    ("number", "1 200", "1200"),
    ("number", ".5", "0.5"),
    ("number", 1.5, "1.5"),
    ("number", "0.00", "0"),
    ("short_text", "a\u200b\u202eb\nc\x07", "ab c"),
    ("short_text", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ("money", "¥ 12,000.5", "12000.50"),
    ("money", "0", "0.00"),
    ("money", 7, "7.00"),
    ("choice", "tools", "tools"),
    ("yes_no", "yes", "yes"),
    ("yes_no", True, "yes"),
    ("yes_no", False, "no"),
    ("date", "2026-02-28", "2026-02-28"),
    ("link", "https://例子.中国/a?b=c", "https://例子.中国/a?b=c"),
    ("link", "http://example.com", "http://example.com"),
    ("link", "https://8.8.8.8:8443/a", "https://8.8.8.8:8443/a"),
]
WRONG = [
    ("number", "twelve"),
    ("number", "１２"),
    ("number", "٣٤"),
    ("number", "1_000"),
    ("number", "1e3"),
    ("number", "12,00"),
    ("number", "12,00,00"),
    ("number", "1,2345"),
    ("number", ",100"),
    ("number", "1."),
    ("number", "."),
    ("number", "-"),
    ("money", "１２００００"),
    ("money", "1_000_00"),
    ("money", "12,00,00"),
    ("number", "NaN"),
    ("number", "sNaN"),
    ("number", "-Infinity"),
    ("number", "1e17"),
    ("number", "1e-400000000"),
    ("number", "1e999999999999999999"),
    ("number", "1.2.3"),
    ("money", "-0.01"),
    ("money", "10.001"),
    ("money", "1e-400000000"),
    ("money", "a lot"),
    ("money", "NaN"),
    ("choice", "games"),
    ("choice", "工具"),
    ("yes_no", "maybe"),
    ("yes_no", "YES"),
    ("date", "2026-02-29"),
    ("date", "28.2.2026"),
    ("date", "2026-W01-1"),
    ("date", "20260228"),
    ("date", "２０２６-02-28"),
    ("date", "0000-01-01"),
    ("link", "example.com"),
    ("link", "javascript:alert(1)"),
    ("link", "ftp://example.com"),
    ("link", "https://"),
    ("link", "https://localhost/app"),
    ("link", "https://bank.example@evil.example"),
    ("link", "https://example.com/a b"),
    ("link", "https://256.1.1.1/"),
]


@pytest.mark.parametrize(("kind", "typed", "kept"), RIGHT)
def test_right_answer_is_kept_in_its_normal_form(kind, typed, kept):
    assert read_answer(question(kind), typed) == kept
    assert tidy([question(kind)], {"q": typed}) == {"q": kept}
    assert problems([question(kind)], {"q": kept}, [], whole=True) == {}


@pytest.mark.parametrize(("kind", "typed"), WRONG)
def test_wrong_answer_is_kept_as_typed_and_told(kind, typed):
    with pytest.raises(Wrong):
        read_answer(question(kind), typed)

    assert tidy([question(kind)], {"q": typed}) == {"q": typed}
    assert list(problems([question(kind)], {"q": typed}, [], whole=False)) == ["q"]


@pytest.mark.parametrize("kind", [kind for kind in QuestionKind.values if kind != "file"])
@pytest.mark.parametrize("typed", ["", "   ", None, "\u200b", "\u200d\ufeff", "\x07\u3000"])
def test_empty_answer_is_missing_only_where_it_is_required(kind, typed):
    needed, free = question(kind, is_required=True), question(kind, is_required=False)

    assert not read_answer(needed, typed)
    assert problems([needed], {"q": ""}, [], whole=False) == {}
    assert list(problems([needed], {}, [], whole=True)) == ["q"]
    assert problems([free], {}, [], whole=True) == {}


def test_file_is_missing_until_there_is_one():
    needed = question("file", is_required=True)

    assert list(problems([needed], {}, [], whole=True)) == ["q"]
    assert problems([needed], {}, ["q"], whole=True) == {}
    assert tidy([needed], {"q": "x"}) == {}


@pytest.mark.parametrize("kind", ["short_text", "long_text"])
@pytest.mark.parametrize(
    "text", ["a" * 10, "星" * 10, "😀" * 10, "a\r\n" * 5 + "b", f"  {'星' * 10} "]
)
def test_limit_counts_characters_and_not_bytes(kind, text):
    length = len(text.strip().replace("\r", ""))

    assert read_answer(question(kind, max_length=length), text)
    with pytest.raises(Wrong) as wrong:
        read_answer(question(kind, max_length=length - 1), text)

    assert {str(length), str(length - 1)} <= set(str(wrong.value).replace(";", " ").split())


@pytest.mark.parametrize("kind", [kind for kind in QuestionKind.values if kind != "file"])
def test_any_text_is_read_or_told_and_a_kept_answer_reads_as_itself(kind):
    @given(st.text(st.characters(codec=None)))
    def check(typed):
        kept = tidy([question(kind)], {"q": typed})["q"]
        stored = json.dumps(kept, ensure_ascii=False)
        stored.encode()
        assert "\\u0000" not in stored
        found = problems([question(kind)], {"q": kept}, [], whole=False)
        assert found or read_answer(question(kind), kept) == kept

    check()


@pytest.mark.parametrize("typed", [["a"], {"a": 1}, 1.5, object()])
def test_what_is_no_text_is_kept_as_text(typed):
    assert isinstance(tidy([question("yes_no")], {"q": typed})["q"], str)
