"""Answers: read as typed values where they are right, kept as typed where they are not."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from grants.core.money import to_fen
from grants.core.numbers import read_day, read_number
from grants.core.texts import is_blank, one_line
from grants.programs.models import Question, QuestionKind, Round

LARGEST = Decimal("9999999999999999.99")
MOST_DECIMALS = 12


class Wrong(ValueError):
    """The sentence that stands beside the field."""


def _text(question: Question, raw: str) -> str:
    is_short = question.kind == QuestionKind.SHORT_TEXT
    text = one_line(raw) if is_short else raw.replace("\r\n", "\n").strip()
    if question.max_length and len(text) > question.max_length:
        raise Wrong(
            _("This is %(count)s characters long; %(limit)s are allowed.")
            % {"count": len(text), "limit": question.max_length}
        )
    return text


def _decimal(raw: str) -> Decimal:
    try:
        number = read_number(raw.lstrip("¥￥"))
    except ValueError:
        raise Wrong(_("Enter a number, such as 12000 or 12,000.50.")) from None
    if number.copy_abs() > LARGEST or not _is_plain(number):
        raise Wrong(_("Enter a number, such as 12000 or 12,000.50."))
    return number


def _is_plain(number: Decimal) -> bool:
    """Neither its digits nor its decimals fill a page when it is written out."""
    return number == 0 or int(number.as_tuple().exponent) >= -MOST_DECIMALS


def _number(question: Question, raw: str) -> str:
    return f"{_decimal(raw).normalize() + 0:f}"


def _money(question: Question, raw: str) -> str:
    amount = _decimal(raw)
    if amount < 0 or amount != to_fen(amount):
        raise Wrong(_("Enter an amount of zero or more, with at most two decimals."))
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
    try:
        URLValidator(schemes=["http", "https"])(raw)
    except ValidationError:
        raise Wrong(_("Enter a full link that begins with https://.")) from None
    return raw


READERS = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.MONEY: _money,
    QuestionKind.CHOICE: _choice,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.DATE: _date,
    QuestionKind.LINK: _link,
}


def _typed(raw: object) -> str:
    """What was typed, without what no database keeps: null characters and half surrogate pairs."""
    return str(raw).replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def read_answer(question: Question, raw: object) -> str:
    """The answer in its normal form, "" where there is none. Raises `Wrong` with the sentence."""
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    text = "" if raw is None else _typed(raw).strip()
    return "" if is_blank(text) else READERS[QuestionKind(question.kind)](question, text)


def tidy(questions: Iterable[Question], raw: Mapping[str, object]) -> dict[str, str]:
    """The answers to keep: in normal form where they are right, else just as they were typed."""
    kept = {}
    for question in questions:
        if question.kind == QuestionKind.FILE or question.key not in raw:
            continue
        value = raw[question.key]
        try:
            kept[question.key] = read_answer(question, value)
        except Wrong:
            kept[question.key] = _typed(value)
    return kept


def problems(
    questions: Iterable[Question], answers: Mapping[str, str], files: Iterable[str], *, whole: bool
) -> dict[str, str]:
    """One sentence for each question whose answer is wrong or, if `whole`, missing."""
    files, found = set(files), {}
    for question in questions:
        if question.kind == QuestionKind.FILE:
            is_missing = question.key not in files
        else:
            value = answers.get(question.key, "")
            is_missing = not value
            try:
                read_answer(question, value)
            except Wrong as wrong:
                found[question.key] = str(wrong)
        if whole and is_missing and question.is_required:
            found[question.key] = (
                _("Add a file.") if question.kind == QuestionKind.FILE else _("Answer this.")
            )
    return found


def amount_problem(round: Round, amount: Decimal | None) -> str:
    """What is wrong with the amount that is asked for in the round, or nothing."""
    if amount is None:
        return _("Enter the amount that you ask for.")
    if not round.award_min <= amount <= round.award_max:
        return _("Ask for an amount between ¥%(least)s and ¥%(most)s.") % {
            "least": f"{round.award_min:,.2f}",
            "most": f"{round.award_max:,.2f}",
        }
    return ""
