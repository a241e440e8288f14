"""Texts without what nobody sees: control characters, zero-width characters, turns of direction."""

import unicodedata

# Inside a text they join what is seen: emoji of several people, letters of Persian and Hindi.
JOINERS = "\u200c\u200d"
SPACES = {"\t": " ", "\n": " ", "\r": " "}


def one_line(text: str) -> str:
    """The text on one line; empty where nothing of it would be seen."""
    text = text.replace("\r\n", "\n")
    shown = "".join(SPACES.get(sign, sign) for sign in text if _is_kept(sign))
    return shown.strip(JOINERS + " \u00a0\u3000").strip()


def is_blank(text: str) -> bool:
    """Whether nothing of the text would be seen, on however many lines."""
    return not one_line(text)


def _is_kept(sign: str) -> bool:
    return sign in JOINERS or sign in SPACES or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
