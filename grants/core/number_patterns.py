"""Regular expressions for numbers in a range, where numbers are written as texts.

JSON Schema compares numbers, not texts, and answers are texts, so that no amount is a float. Each
pattern is for a text that is `-`, digits, and perhaps a point and digits; leading and trailing
zeros are allowed. It covers the whole text. ECMAScript and Python read them alike.
"""

from decimal import Decimal

END = r"(?![\s\S])"
ANY = r"[0-9]+(?:\.[0-9]+)?"
NOTHING = r"0*(?:\.0+)?"


def at_least(limit: Decimal) -> str:
    if limit > 0:
        return _whole(_more(limit))
    return _whole(ANY, "-" + (_less(-limit) if limit else NOTHING))


def at_most(limit: Decimal) -> str:
    if limit < 0:
        return _whole("-" + _more(-limit))
    return _whole(_less(limit), "-" + ANY)


def equal_to(number: Decimal) -> str:
    digits, decimals = _parts(abs(number))
    sign = "-" if number < 0 else "" if number else "-?"
    return _whole(f"{sign}0*{digits}" + (rf"\.{decimals}0*" if decimals else r"(?:\.0+)?"))


def _whole(*ways: str) -> str:
    return f"^(?=-?[0-9])(?:{'|'.join(ways)}){END}"


def _parts(number: Decimal) -> tuple[str, str]:
    """The digits before and behind the point, without zeros that say nothing."""
    whole, _point, decimals = f"{number:f}".partition(".")
    return whole.lstrip("0"), decimals.rstrip("0")


def _digit(least: int, most: int) -> str:
    return str(least) if least == most else f"[{least}-{most}]"


def _more(limit: Decimal) -> str:
    """Not less than the limit, which is not negative; without a sign."""
    digits, decimals = _parts(limit)
    ways = [rf"[1-9][0-9]{{{len(digits)},}}(?:\.[0-9]+)?"]
    for place, sign in enumerate(digits):
        if sign != "9":
            rest = f"[0-9]{{{len(digits) - place - 1}}}"
            ways.append(rf"{digits[:place]}{_digit(int(sign) + 1, 9)}{rest}(?:\.[0-9]+)?")
    if not decimals:
        ways.append(rf"{digits}(?:\.[0-9]+)?")
    for place, sign in enumerate(decimals):
        if sign != "9":
            ways.append(rf"{digits}\.{decimals[:place]}{_digit(int(sign) + 1, 9)}[0-9]*")
    if decimals:
        ways.append(rf"{digits}\.{decimals}[0-9]*")
    return f"0*(?:{'|'.join(ways)})"


def _less(limit: Decimal) -> str:
    """Not more than the limit, which is not negative; without a sign."""
    digits, decimals = _parts(limit)
    ways = [rf"{digits}(?:\.{decimals}0*|\.0+)?"]
    if digits:
        ways.append(rf"[0-9]{{0,{len(digits) - 1}}}(?:\.[0-9]+)?")
    for place, sign in enumerate(digits):
        if sign != "0":
            rest = f"[0-9]{{{len(digits) - place - 1}}}"
            ways.append(rf"{digits[:place]}{_digit(0, int(sign) - 1)}{rest}(?:\.[0-9]+)?")
    for place, sign in enumerate(decimals):
        if place:
            ways.append(rf"{digits}\.{decimals[:place]}")
        if sign != "0":
            ways.append(rf"{digits}\.{decimals[:place]}{_digit(0, int(sign) - 1)}[0-9]*")
    return f"0*(?:{'|'.join(ways)})"
