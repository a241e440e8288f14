"""Patterns that officers write: one meaning here, in a browser and in JSON Schema, in linear time.

`portable` rewrites a pattern so that RE2, ECMAScript (with the flag u) and Python read it alike,
and refuses what one of them reads otherwise: look-around, back references, flags, word boundaries.
RE2 (https://github.com/google/re2/wiki/Syntax) matches in time linear in the text.
"""

import re
from functools import lru_cache

import re2
from django.utils.translation import gettext as _

LONGEST = 200
SYNTAX = set("^$\\.*+?()[]{}|/")
CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\u00a0\u3000"}
NOT_REPEATED = ("^", "$", "|", "(", "(?:")
# One thing, and all that repeats it.
TOKENS = re.compile(
    r"(?P<thing>\\.|\[(?:\\.|[^\]])*\]|\(\?:|[^*+?{])?(?P<repeats>(?:[*+?]|\{[0-9,]+\})*)", re.S
)
REPEAT = re.compile(r"\{([0-9]{1,4})(,([0-9]{1,4})?)?\}")


class BadPattern(ValueError):
    """The sentence says what cannot be used."""


@lru_cache(maxsize=512)
def portable(pattern: str) -> str:
    """The pattern as every engine reads it. Raises `BadPattern`."""
    if len(pattern) > LONGEST:
        raise BadPattern(_("A pattern has at most %(count)s characters.") % {"count": LONGEST})
    written = _outside(pattern)
    _refuse_odd_repeats(written)
    try:
        _compiled(written)
        re.compile(written)
    except (re2.error, re.error):
        raise BadPattern(_("This is no regular expression that can be used here.")) from None
    return written


def _refuse_odd_repeats(written: str) -> None:
    """Some engines repeat a repeat or an anchor; others call it an error, or possessive."""
    for found in TOKENS.finditer(written):
        repeats = found["repeats"]
        is_single = re.fullmatch(r"(?:[*+?]|\{[^}]*\})\??", repeats)
        if repeats and (not is_single or (found["thing"] or "(") in NOT_REPEATED):
            raise BadPattern(_("“%(part)s” cannot be used in a pattern.") % {"part": found[0]})


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of the text has the form of the pattern, which is a right one."""
    return _compiled(portable(pattern)).fullmatch(text) is not None


@lru_cache(maxsize=512)
def _compiled(written: str):
    options = re2.Options()
    options.log_errors = False
    return re2.compile(written, options)


def _outside(pattern: str) -> str:
    parts, at = [], 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            parts.append(_escaped(pattern[at + 1 : at + 2], is_inside=False))
            at += 2
        elif sign == "[":
            end, written = _class(pattern, at + 1)
            parts.append(written)
            at = end
        elif sign == "{":
            repeat = REPEAT.match(pattern, at)
            if not repeat:
                raise BadPattern(_("Write \\{ for a brace that is meant as such."))
            parts.append(repeat[0])
            at = repeat.end()
        else:
            if pattern[at : at + 2] == "(?" and pattern[at + 2 : at + 3] != ":":
                raise BadPattern(_("Of groups that begin with (? only (?: can be used."))
            parts.append("\\" + sign if sign in "]}/" else sign)
            at += 1
    return "".join(parts)


def _escaped(sign: str, *, is_inside: bool) -> str:
    if sign in CLASSES and sign:
        return CLASSES[sign] if is_inside else f"[{CLASSES[sign]}]"
    if sign.lower() in CLASSES and sign and not is_inside:
        return f"[^{CLASSES[sign.lower()]}]"
    if not sign or sign.isalnum():
        raise BadPattern(_("“%(part)s” cannot be used in a pattern.") % {"part": "\\" + sign})
    return "\\" + sign if sign in SYNTAX or (is_inside and sign == "-") else sign


def _class(pattern: str, at: int) -> tuple[int, str]:
    """Reads `[…]` from behind its bracket: where it ends, and how it is written."""
    start = "[^" if pattern[at : at + 1] == "^" else "["
    at += len(start) - 1
    parts: list[str] = []
    is_set = False
    while pattern[at : at + 1] not in ("]", ""):
        sign = pattern[at]
        step = 2 if sign == "\\" else 1
        if sign == "\\":
            written = _escaped(pattern[at + 1 : at + 2], is_inside=True)
        elif sign == "-":
            is_last = pattern[at + 1 : at + 2] == "]"
            if is_set and not is_last:
                raise BadPattern(_("A range needs a character on each side of its dash."))
            written = "\\-" if not parts or is_last else "-"
        else:
            written = "\\" + sign if sign in SYNTAX else sign
        is_set = sign == "\\" and pattern[at + 1] in CLASSES
        parts.append(written)
        at += step
    if not parts or at >= len(pattern):
        raise BadPattern(_("A class in brackets is empty or not closed."))
    return at + 1, start + "".join(parts) + "]"
