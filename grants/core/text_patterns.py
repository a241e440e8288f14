"""Regular expressions for texts in their normal form, which ECMAScript and Python read alike."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from grants.core.texts import ENDS, JOINERS, SPACES

END = r"(?![\s\S])"
SURROGATES = "\\ud800-\\udfff"
DATE = (
    "^(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)" + END
)


@cache
def line() -> str:
    """One line as `one_line` leaves it, with something to see at both ends."""
    ends = _class(sorted(map(ord, ENDS)))
    return f"^[^{_hidden()}{ends}](?:[^{_hidden()}]*[^{_hidden()}{ends}])?{END}"


@cache
def lines() -> str:
    """Lines as `plain_lines` leaves them, with something to see."""
    white = _class(code for code in range(0x3001) if chr(code).isspace())
    inside = f"[^\\u0000\\r{SURROGATES}]"
    edge = f"[^{white}\\u0000{SURROGATES}]"
    return f"^(?={inside}*{visible()}){edge}(?:{inside}*{edge})?{END}"


@cache
def visible() -> str:
    """Any text of which something would be seen."""
    return f"[^{_hidden()}{_class(sorted(map(ord, {*ENDS, *SPACES})))}]"


def days(limit: str, test: str) -> str:
    """A day (of those that `DATE` takes) that is "at_least", "at_most" or the limit."""
    ways = [limit]
    for place, sign in enumerate(limit):
        if test == "at_least" and sign.isdigit() and sign < "9":
            ways.append(f"{limit[:place]}[{int(sign) + 1}-9][0-9-]*")
        if test == "at_most" and sign.isdigit() and sign > "0":
            ways.append(f"{limit[:place]}[0-{int(sign) - 1}][0-9-]*")
    return f"^(?:{'|'.join(ways)}){END}"


@cache
def _hidden() -> str:
    """Control and format characters: they stand in the planes 0, 1 and 14."""
    codes = (*range(0x20000), *range(0xE0000, 0xE1000))
    return _class(
        code
        for code in codes
        if chr(code) not in JOINERS and unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs")
    )


def _class(codes: Iterable[int]) -> str:
    """Sorted characters as ranges inside brackets."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(
        _written(first) + (f"-{_written(last)}" if last > first else "") for first, last in ranges
    )


def _written(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else chr(code)
