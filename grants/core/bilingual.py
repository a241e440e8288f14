"""Content in both languages: a pair of columns read as one attribute."""

from django.utils.translation import get_language


def is_chinese(language: str | None = None) -> bool:
    return (language or get_language() or "zh").startswith("zh")


class Bilingual:
    """Reads `<name>_zh` or `<name>_en` by the active language; falls back to the other one."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, thing, owner=None):
        if thing is None:
            return self
        first, second = ("_zh", "_en") if is_chinese() else ("_en", "_zh")
        return getattr(thing, self.name + first) or getattr(thing, self.name + second)


def pick(texts: dict, language: str | None = None) -> str:
    """The text of `{"zh": …, "en": …}` in the active language, or in the other one."""
    first, second = ("zh", "en") if is_chinese(language) else ("en", "zh")
    return texts.get(first) or texts.get(second) or ""
