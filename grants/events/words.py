"""What each kind of event is called on a timeline; every domain registers its own words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_words: dict[str, str | Promise] = {}


def register(thing_type: str, words: Mapping[str, str | Promise]) -> None:
    """Adds the words of one kind of thing: verb → lazy text such as “Submitted”."""
    for verb, text in words.items():
        _words[f"{thing_type}.{verb}"] = text


def told(kind: str) -> str:
    """The words for a kind; the kind itself where nobody registered it (a test forbids that)."""
    return str(_words.get(kind, kind))


def knows(kind: str) -> bool:
    return kind in _words


register("dailyseal", {"publish": _("Seal of the day sent to the auditors")})
