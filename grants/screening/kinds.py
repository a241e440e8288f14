"""The parameters of each kind of rule, and whether they make sense.

applicant_kind     kinds: the kinds of applicants that may apply
credit_code        none
region             question: "" for the credit code, or a question of kind choice;
                   regions: digits of provinces, or values of that choice
cap                most, scope: round | program | fund, linked: count linked organisations too
unfinished_awards  most, linked
same_code          question: "" or where individuals give a code
same_account       none
same_package       question: of kind app, or a text with the package
similar_text       question: a text, threshold: from 0.30 to 1 (trigrams in common)
signal             name, test: at_least | at_most, value, days: not older, or none
"""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.accounts.models import OrganisationKind
from grants.core.errors import Refused
from grants.core.numbers import read_number
from grants.core.regions import KNOWN
from grants.programs.models import Question, QuestionKind, Round
from grants.screening.lifecycle import RuleKind

LEAST_THRESHOLD = Decimal("0.30")
LONGEST_NAME = 40


class Scope(models.TextChoices):
    ROUND = "round", gettext_lazy("in this round")
    PROGRAM = "program", gettext_lazy("in all rounds of the program")
    FUND = "fund", gettext_lazy("in all rounds of the fund")


class Test(models.TextChoices):
    AT_LEAST = "at_least", gettext_lazy("at least")
    AT_MOST = "at_most", gettext_lazy("at most")


TEXTS = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)
ASKS_OF: dict[str, tuple[QuestionKind, ...]] = {
    RuleKind.REGION: (QuestionKind.CHOICE,),
    RuleKind.SAME_CODE: TEXTS,
    RuleKind.SAME_PACKAGE: (QuestionKind.APP, *TEXTS),
    RuleKind.SIMILAR_TEXT: TEXTS,
}
NEEDS_QUESTION = (RuleKind.SAME_PACKAGE, RuleKind.SIMILAR_TEXT)
FIELDS: dict[str, tuple[str, ...]] = {
    RuleKind.APPLICANT_KIND: ("kinds",),
    RuleKind.CREDIT_CODE: (),
    RuleKind.REGION: ("question", "regions"),
    RuleKind.CAP: ("most", "scope", "linked"),
    RuleKind.UNFINISHED_AWARDS: ("most", "linked"),
    RuleKind.SAME_CODE: ("question",),
    RuleKind.SAME_ACCOUNT: (),
    RuleKind.SAME_PACKAGE: ("question",),
    RuleKind.SIMILAR_TEXT: ("question", "threshold"),
    RuleKind.SIGNAL: ("name", "test", "value", "days"),
}


def questions_for(round: Round, kind: str) -> list[Question]:
    """The questions of the round's newest form that a rule of this kind can be about."""
    rows = Question.objects.filter(section__form=round.form, kind__in=ASKS_OF.get(kind, ()))
    return list(rows.order_by("section__position", "position"))


def clean_parameters(round: Round, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters in normal form. Raises `Refused` with a sentence for each wrong one."""
    found, wrong = {}, {}
    for name in FIELDS[kind]:
        try:
            found[name] = READERS[name](round, kind, given.get(name), given)
        except Refused as refused:
            wrong[name] = str(refused)
    if wrong:
        raise Refused(_("Something is wrong with this rule."), problems=wrong)
    return found


def _kinds(round, kind, raw, given) -> list[str]:
    chosen = [value for value in OrganisationKind.values if value in (raw or [])]
    if not chosen:
        raise Refused(_("Choose at least one."))
    return chosen


def _question(round, kind, raw, given) -> str:
    key = str(raw or "")
    if not key and kind in NEEDS_QUESTION:
        raise Refused(_("Choose the question."))
    if key and key not in {question.key for question in questions_for(round, kind)}:
        raise Refused(_("The form has no such question of this kind."))
    return key


def _regions(round, kind, raw, given) -> list[str]:
    chosen = [str(value).strip() for value in raw or [] if str(value).strip()]
    if not chosen:
        raise Refused(_("Name at least one region."))
    key = str(given.get("question") or "")
    known = set(KNOWN)
    if key:
        asked = [question for question in questions_for(round, kind) if question.key == key]
        known = {option["value"] for question in asked for option in question.options}
    unknown = sorted(set(chosen) - known)
    if unknown:
        raise Refused(_("There is no region “%(region)s”.") % {"region": unknown[0]})
    return chosen


def _most(round, kind, raw, given) -> int:
    number = _number(raw)
    least = 1 if kind == RuleKind.CAP else 0
    if number != int(number) or not least <= number <= 1000:
        raise Refused(_("Write a whole number from %(least)s to 1000.") % {"least": least})
    return int(number)


def _number(raw) -> Decimal:
    try:
        return read_number(raw if raw is not None else "")
    except ValueError:
        raise Refused(_("Write a number.")) from None


def _scope(round, kind, raw, given) -> str:
    if raw not in Scope.values:
        raise Refused(_("Choose one of these."))
    return str(raw)


def _linked(round, kind, raw, given) -> bool:
    return raw is True


def _threshold(round, kind, raw, given) -> str:
    number = _number(raw)
    if not LEAST_THRESHOLD <= number <= 1:
        raise Refused(_("Write a number from 0.30 to 1."))
    return f"{number:.2f}"


def _name(round, kind, raw, given) -> str:
    name = str(raw or "").strip()
    refuse_odd_name(name)
    return name


def refuse_odd_name(name: str) -> None:
    """Raises `Refused` for what cannot name a signal."""
    is_word = name.isascii() and name.replace("-", "_").isidentifier()
    if not is_word or len(name) > LONGEST_NAME:
        raise Refused(_("Name the signal with letters, digits, - and _, such as store-rating."))


def _test(round, kind, raw, given) -> str:
    if raw not in Test.values:
        raise Refused(_("Choose one of these."))
    return str(raw)


def _value(round, kind, raw, given) -> str:
    number = _number(raw)
    if abs(number) >= 10**12:
        raise Refused(_("This number is too large."))
    return f"{number:f}"


def _days(round, kind, raw, given) -> int | None:
    if raw in (None, ""):
        return None
    number = _number(raw)
    if number != int(number) or not 1 <= number <= 3650:
        raise Refused(_("Write whole days from 1 to 3650, or leave it empty."))
    return int(number)


READERS = {
    "kinds": _kinds,
    "question": _question,
    "regions": _regions,
    "most": _most,
    "scope": _scope,
    "linked": _linked,
    "threshold": _threshold,
    "name": _name,
    "test": _test,
    "value": _value,
    "days": _days,
}
