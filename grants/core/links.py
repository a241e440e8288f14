"""Full links to public places, by one pattern that browsers and JSON Schema read alike."""

import re

LONGEST = 2048
_SIGN = "A-Za-z0-9\u00a1-\ufeff"
_LABEL = f"[{_SIGN}](?:[{_SIGN}-]{{0,61}}[{_SIGN}])?"
_LAST = "(?:[A-Za-z\u00a1-\ufeff]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_BLANK = (
    "\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
)
# A host with a name or an IPv4 address: nobody's machine (localhost), nobody's password (user@).
PATTERN = (
    "^[Hh][Tt][Tt][Pp][Ss]?://(?=[^/?#]{1,253}(?:[/?#]|(?![\\s\\S])))"
    f"(?:(?:{_BYTE}\\.){{3}}{_BYTE}|(?:{_LABEL}\\.)+{_LAST})"
    f"(?::[0-9]{{1,5}})?(?:[/?#][^{_BLANK}]*)?(?![\\s\\S])"
)
_COMPILED = re.compile(PATTERN)


def is_link(text: str) -> bool:
    return len(text) <= LONGEST and _COMPILED.match(text) is not None
