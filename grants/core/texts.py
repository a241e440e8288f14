"""Texts without what nobody sees: control characters, zero-width characters, turns of direction."""

import re
import unicodedata

# Inside a text they join what is seen: emoji of several people, letters of Persian and Hindi.
JOINERS = "\u200c\u200d"
INSIDE = "'’."
SPACES = {"\t": " ", "\n": " ", "\r": " ", "\u2028": " ", "\u2029": " "}
ENDS = JOINERS + " \u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
# Ideographs, kana and syllables of Korean: each is a word of its own.
CJK = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\uff66-\uff9d\U00020000-\U0003ffff]"
)


def one_line(text: str) -> str:
    """The text on one line; empty where nothing of it would be seen."""
    text = text.replace("\r\n", "\n")
    shown = "".join(SPACES.get(sign, sign) for sign in text if _is_kept(sign))
    return shown.strip(ENDS)


def is_blank(text: str) -> bool:
    """Whether nothing of the text would be seen, on however many lines."""
    return not one_line(text)


def plain_lines(text: str) -> str:
    """The text with `\\n` alone at the end of its lines, and nothing empty around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def length_of(text: str, unit: str) -> int:
    """How long the text is in "characters" or "words"; `counter.js` counts alike.

    Characters are code points of `plain_lines`. A word is one ideograph, kana or Korean syllable,
    or a run of other letters and digits, with an apostrophe or a point inside (“don't”, “2.0”);
    marks and joiners neither begin nor end a word.
    """
    text = plain_lines(text)
    return _words(text) if unit == "words" else len(text)


def _words(text: str) -> int:
    count, is_inside = 0, False
    for sign, following in zip(text, f"{text[1:]} ", strict=False):
        group = unicodedata.category(sign)[0]
        if group == "M" or sign in JOINERS:
            continue
        if is_inside and sign in INSIDE and unicodedata.category(following)[0] in "LN":
            continue
        is_single = group in "LN" and CJK.match(sign) is not None
        if is_single or (group in "LN" and not is_inside):
            count += 1
        is_inside = group in "LN" and not is_single
    return count


def _is_kept(sign: str) -> bool:
    return sign in JOINERS or sign in SPACES or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
