"""One answer: its normal form, or the sentence that says what is wrong with it."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from grants.core.links import is_link
from grants.core.money import to_fen
from grants.core.numbers import read_day, read_number
from grants.core.patterns import matches
from grants.core.texts import is_blank, length_of, one_line, plain_lines
from grants.programs.models import LimitUnit, Question, QuestionKind

TOO_LARGE = Decimal(10) ** 16
MOST_DECIMALS = 12


class Wrong(ValueError):
    """The sentence that stands beside the field."""


def _text(question: Question, raw: str) -> str:
    is_short = question.kind == QuestionKind.SHORT_TEXT
    text = one_line(raw) if is_short else plain_lines(raw)
    length = length_of(text, question.limit_unit)
    if question.max_length and length > question.max_length:
        raise Wrong(_too_long(question) % {"count": length, "limit": question.max_length})
    if question.min_length and length < question.min_length:
        raise Wrong(_too_short(question) % {"count": length, "limit": question.min_length})
    if is_short:
        _match(question, text)
    return text


def _too_long(question: Question) -> str:
    if question.limit_unit == LimitUnit.WORDS:
        return _("This is %(count)s words long; %(limit)s are allowed.")
    return _("This is %(count)s characters long; %(limit)s are allowed.")


def _too_short(question: Question) -> str:
    if question.limit_unit == LimitUnit.WORDS:
        return _("This is %(count)s words long; at least %(limit)s are needed.")
    return _("This is %(count)s characters long; at least %(limit)s are needed.")


def _match(question: Question, text: str) -> None:
    if question.pattern and not matches(question.pattern, text):
        raise Wrong(question.pattern_hint or _("This does not have the form that is asked for."))


def _decimal(raw: str) -> Decimal:
    try:
        number = read_number(raw.lstrip("¥￥"))
    except ValueError:
        raise Wrong(_("Enter a number, such as 12000 or 12,000.50.")) from None
    if number.copy_abs() >= TOO_LARGE or not _is_plain(number):
        raise Wrong(_("Enter a number, such as 12000 or 12,000.50."))
    return number


def _is_plain(number: Decimal) -> bool:
    """Neither its digits nor its decimals fill a page when it is written out."""
    return number == 0 or int(number.as_tuple().exponent) >= -MOST_DECIMALS


def _within(question: Question, number: Decimal) -> None:
    if question.least is not None and number < question.least:
        raise Wrong(_("Enter %(limit)s or more.") % {"limit": _written(question.least)})
    if question.most is not None and number > question.most:
        raise Wrong(_("Enter %(limit)s or less.") % {"limit": _written(question.most)})


def _written(number: Decimal) -> str:
    return f"{number.normalize() + 0:,f}"


def _number(question: Question, raw: str) -> str:
    number = _decimal(raw)
    _within(question, number)
    text = f"{number.normalize() + 0:f}"
    _match(question, text)
    return text


def _money(question: Question, raw: str) -> str:
    amount = _decimal(raw)
    if amount < 0 or amount != to_fen(amount):
        raise Wrong(_("Enter an amount of zero or more, with at most two decimals."))
    _within(question, amount)
    return str(to_fen(amount))


def _choice(question: Question, raw: str) -> str:
    if raw not in {option["value"] for option in question.options}:
        raise Wrong(_("Choose one of the options."))
    return raw


def _yes_no(question: Question, raw: str) -> str:
    if raw not in ("yes", "no"):
        raise Wrong(_("Choose yes or no."))
    return raw


def _date(question: Question, raw: str) -> str:
    try:
        return read_day(raw).isoformat()
    except ValueError:
        raise Wrong(_("Enter a date such as 2026-11-30.")) from None


def _link(question: Question, raw: str) -> str:
    if not is_link(raw):
        raise Wrong(_("Enter a full link that begins with https://."))
    return raw


READERS: dict[QuestionKind, Callable[[Question, str], str]] = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.MONEY: _money,
    QuestionKind.CHOICE: _choice,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.DATE: _date,
    QuestionKind.LINK: _link,
}


def typed(raw: object) -> str:
    """What was typed, without what no database keeps: null characters and half surrogate pairs."""
    try:
        text = "" if raw is None else str(raw)
    except (RecursionError, ValueError):  # nested too deep, or a number of thousands of digits
        return "…"
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def read_text(question: Question, raw: object) -> str:
    """The answer of a kind that is one text in its normal form, "" where there is none.

    Raises `Wrong` with the sentence.
    """
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    if isinstance(raw, list | tuple | dict):
        raise Wrong(_("One text belongs here, not a list."))
    text = typed(raw).strip()
    return "" if is_blank(text) else READERS[QuestionKind(question.kind)](question, text)


def as_list(raw: object) -> list[str]:
    """What was chosen or typed, in its order, without what is blank."""
    values = raw if isinstance(raw, list | tuple) else [raw]
    return [text for value in values if not is_blank(text := typed(value))]


def read_choices(question: Question, raw: object) -> list[str]:
    """The chosen values in the order of the options. Raises `Wrong` with the sentence."""
    chosen = {value.strip() for value in as_list(raw)}
    known = [option["value"] for option in question.options]
    if chosen - set(known):
        raise Wrong(_("Choose among the options."))
    return [value for value in known if value in chosen]
