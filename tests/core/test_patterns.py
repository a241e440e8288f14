"""A pattern means one thing to RE2, to ECMAScript and to Python, and takes linear time."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.patterns import BadPattern, matches, portable

GOOD = [
    (r"[0-9]{4}-[0-9]{2}", r"[0-9]{4}-[0-9]{2}"),
    (r"\d+", "[0-9]+"),
    (r"\D", "[^0-9]"),
    (r"[\w-]+", r"[A-Za-z0-9_\-]+"),
    (r"[-.]", r"[\-\.]"),
    (r"\@\-\_", "@-_"),
    (r"[一-龥]{2,4}", "[一-龥]{2,4}"),
    (r"(?:a|b)]", r"(?:a|b)\]"),
    (r"[^/]", r"[^\/]"),
]
BAD = [
    "(", "(?", "[", "[]", "[^]", "a**", "a++", "(?=a)", "(?!a)", "(?<=a)", "(?P<n>a)", "(?i)a",
    r"(a)\1", r"\b", r"\A", r"\p{L}", r"\pL", r"\x41", r"\Q", "\\", "{", "a{,3}", "a{2000}",
    "((a{100}){100}){100}", r"[\d-z]", r"[\W]", "[z-a]", "a" * 201,
]  # fmt: skip


@pytest.mark.parametrize(("written", "read"), GOOD)
def test_pattern_is_rewritten_to_what_every_engine_reads_alike(written, read):
    assert portable(written) == read


@pytest.mark.parametrize("written", BAD)
def test_pattern_that_engines_read_otherwise_is_refused(written):
    with pytest.raises(BadPattern):
        portable(written)


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        (r"\d{3}", "123", True),
        (r"\d{3}", "1234", False),
        (r"\d", "３", False),
        ("a|b", "ab", False),
    ],
)
def test_whole_text_must_match(pattern, text, is_match):
    assert matches(pattern, text) is is_match


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(?:a*)*b", "(.*)*x", "(a|aa)+b"])
def test_pattern_that_would_hang_takes_no_time(pattern):
    begun = time.perf_counter()

    assert matches(pattern, "a" * 100_000) is False

    assert time.perf_counter() - begun < 1


def test_any_pattern_is_taken_or_refused_and_python_agrees_where_it_is_taken():
    @given(st.text("ab1-[]^$.*+?(){}|\\dws/一:,2", max_size=12), st.text("ab1 -一_", max_size=4))
    def check(pattern, text):
        try:
            written = portable(pattern)
        except BadPattern:
            return
        assert matches(pattern, text) == bool(re.fullmatch(f"(?:{written})", text))

    check()
