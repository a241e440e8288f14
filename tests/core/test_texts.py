"""What nobody sees is not in a text."""

import pytest

from grants.core.texts import is_blank, length_of, one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  星火  ", "星火"),
        ("a\u200bb\u202e\x00", "ab"),
        ("a\r\nb\tc", "a b c"),
        ("\u200d👨\u200d👩\u200d👧\u200d", "👨\u200d👩\u200d👧"),
        ("\u200d\u200b \u3000", ""),
        ("a\ud800", "a"),
        ("a\u2028b\u2003\u200d", "a b"),
    ],
)
def test_line_is_what_is_seen(typed, kept):
    assert one_line(typed) == kept


def test_text_is_blank_where_nothing_is_seen():
    assert is_blank("\n\u200b\n")
    assert not is_blank("\n一\n")


@pytest.mark.parametrize(
    ("text", "characters", "words"),
    [
        ("", 0, 0),
        ("  一二\r\n三 \n", 4, 3),
        ("星火 Spark 2.0 版", 14, 5),
        ("don't stop", 10, 2),
        ("e\u0301te\u0301", 5, 1),
        ("👨\u200d👩\u200d👧 ok", 8, 1),
        ("カタカナ・かな", 7, 6),
        ("한국어 앱", 5, 4),
        ("𠮷野家", 3, 3),
        ("ＡＢＣ，１２", 6, 2),
        ("می\u200cخواهم", 8, 1),
        ("— … !", 5, 0),
    ],
)
def test_length_counts_code_points_and_each_ideograph_as_a_word(text, characters, words):
    assert length_of(text, "characters") == characters
    assert length_of(text, "words") == words
