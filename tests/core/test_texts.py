"""What nobody sees is not in a text."""

import pytest

from grants.core.texts import is_blank, one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  星火  ", "星火"),
        ("a\u200bb\u202e\x00", "ab"),
        ("a\r\nb\tc", "a b c"),
        ("\u200d👨\u200d👩\u200d👧\u200d", "👨\u200d👩\u200d👧"),
        ("\u200d\u200b \u3000", ""),
        ("a\ud800", "a"),
    ],
)
def test_line_is_what_is_seen(typed, kept):
    assert one_line(typed) == kept


def test_text_is_blank_where_nothing_is_seen():
    assert is_blank("\n\u200b\n")
    assert not is_blank("\n一\n")
