"""Content is read in the active language, and in the other where that is empty."""

import pytest
from django.utils import translation

from grants.core.bilingual import Bilingual, pick


class Sign:
    text = Bilingual()

    def __init__(self, zh, en):
        self.text_zh, self.text_en = zh, en


@pytest.mark.parametrize(
    ("language", "zh", "en", "read"),
    [
        ("zh-hans", "门", "Door", "门"),
        ("en", "门", "Door", "Door"),
        ("en", "门", "", "门"),
        ("zh-hans", "", "Door", "Door"),
        ("en", "", "", ""),
    ],
)
def test_bilingual_text_is_read_in_the_active_language(language, zh, en, read):
    with translation.override(language):
        assert Sign(zh, en).text == read
        assert pick({"zh": zh, "en": en}) == read
