"""The checks of applications as they stand, and what they say together."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from grants.applications.models import Application, kept_from
from grants.programs.models import Round
from grants.screening import words
from grants.screening.lifecycle import CheckOutcome
from grants.screening.models import EligibilityCheck, ScreeningRule

# What a run looks at and an officer can still decide.
UNDECIDED = ("submitted", "screening")


@dataclass(frozen=True)
class Shown:
    """A check with the words of its rule and of its evidence."""

    check: EligibilityCheck
    asked: str
    found: str


def standing_checks(applications: Iterable[int]) -> QuerySet[EligibilityCheck]:
    """The checks that stand, of rules that are asked now."""
    return (
        EligibilityCheck.objects.filter(
            application__in=list(applications), rule__is_on=True, rule__removed_at=None
        )
        .standing()
        .select_related("rule", "decided_by")
    )


def as_read_by(user, checks: Iterable[EligibilityCheck]) -> list[EligibilityCheck]:
    """The checks, with no word of other cases that something keeps the person from.

    One query more where one of them names another case.
    """
    read = list(checks)
    named = [row for check in read for row in check.evidence.get("others", [])]
    if not named:
        return read
    cases = {row["reference"] for row in named if "reference" in row}
    organisations = {row["organisation"] for row in named if "organisation" in row}
    hidden = Application.objects.filter(
        kept_from(user), Q(reference__in=cases) | Q(organisation__name__in=organisations)
    ).values_list("reference", "organisation__name")
    unseen = {text for row in hidden for text in row}
    for check in read:
        others = check.evidence.get("others", [])
        left = [row for row in others if not unseen & set(map(str, row.values()))]
        check.is_withheld = bool(others) and not left
        if len(left) < len(others):
            check.evidence = check.evidence | {"others": left}
    return read


def shown_checks(applications: Iterable[Application], user) -> dict[int, list[Shown]]:
    """The standing checks by application: those that failed first, as the person may read them."""
    order = [CheckOutcome.FAILED, CheckOutcome.UNCLEAR, CheckOutcome.PASSED]
    found: dict[int, list[Shown]] = {}
    for check in as_read_by(user, standing_checks([row.pk for row in applications])):
        shown = Shown(check, words.asked(check.rule), words.found(check))
        found.setdefault(check.application_id, []).append(shown)
    for rows in found.values():
        rows.sort(key=lambda row: (order.index(CheckOutcome(row.check.outcome)), row.check.rule_id))
    return found


def failures(application: Application) -> list[EligibilityCheck]:
    """The standing checks that stand in the way of passing it on."""
    return [
        check
        for check in standing_checks([application.pk])
        if check.outcome == CheckOutcome.FAILED and check.rule.is_blocking
    ]


def _undecided_anywhere() -> QuerySet[Application]:
    return Application.objects.filter(state__in=UNDECIDED).exclude(submitted_at=None)


def undecided(round: Round) -> QuerySet[Application]:
    return _undecided_anywhere().filter(round=round)


def unchecked_anywhere() -> QuerySet[Application]:
    """Those that were sent, or sent again, since they were checked last."""
    return _undecided_anywhere().filter(
        Q(screening=None) | Q(screening__checked_at__lt=F("submitted_at"))
    )


def unchecked(round: Round) -> QuerySet[Application]:
    return unchecked_anywhere().filter(round=round)


def rules_of(round: Round) -> list[ScreeningRule]:
    return list(round.screening_rules.standing().order_by("pk"))
