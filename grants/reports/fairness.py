"""Who is funded how often, by kind, region, size, category, and whether for the first time."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from grants.accounts.models import OrganisationKind
from grants.applications.models import Application, kept_from
from grants.awards.models import Award, Decision, Outcome
from grants.core.policy import require
from grants.core.regions import region_name, region_of
from grants.events.services import record
from grants.programs.models import Round
from grants.reports.board import categories_of
from grants.reports.exports import disarmed
from grants.reports.standings import ranking_of
from grants.reviews.calibration.intervals import Rate, rates

SIZE_QUESTION = "team_size"
SIZES = [(1, 2), (3, 9), (10, 49), (50, None)]
ASKED = ("submitted", "screening", "returned", "ineligible", "in_review", "decided")
CONFIRMED = ("confirmed", "released")


@dataclass(frozen=True)
class Table:
    """The rates of one division of the applicants, the largest group first, hidden ones last."""

    title: str
    rows: list[tuple[str, Rate]]


@dataclass(frozen=True)
class Fairness:
    """`is_decided`: by the decisions that were confirmed; else by the line of the budget."""

    total: Rate
    tables: list[Table]
    is_decided: bool


def fairness_of(round: Round, user) -> Fairness:
    """Of what was submitted and not withdrawn, without the cases kept from the person.

    Groups of fewer than five are hidden, and where one alone would be hidden a second one with it,
    so that no group is found by taking the others from the sum.
    """
    earlier = Award.objects.filter(
        application__organisation=OuterRef("organisation"), offered_at__lt=OuterRef("submitted_at")
    ).exclude(application=OuterRef("pk"))
    hidden = Application.objects.filter(kept_from(user), round=round)
    cases = list(
        Application.objects.visible_to(user)
        .filter(round=round, state__in=ASKED)
        .exclude(pk__in=hidden.values("pk"))
        .select_related("organisation")
        .annotate(had_award=Exists(earlier))
        .defer("edits", "set_aside")
    )
    funded, is_decided = _funded(round, user)
    categories = categories_of(round)
    divisions: list[tuple[str, Callable[[Application], str]]] = [
        (_("Kind of applicant"), _kind),
        (_("Province"), _region),
        (_("Size of the team"), _size),
        (_("Awards before"), _had_award),
    ]
    if categories:
        key = round.category_question
        divisions.append(
            (_("Category"), lambda case: categories.get(_answer(case, key), _("Not known")))
        )
    tables = [Table(title, _rates(cases, funded, group)) for title, group in divisions]
    won = sum(1 for case in cases if case.pk in funded)
    total = rates({"": (won, len(cases))})[""]
    return Fairness(total, tables, is_decided)


def _funded(round: Round, user) -> tuple[set[int], bool]:
    decisions = Decision.objects.filter(application__round=round, state__in=CONFIRMED)
    if decisions.exists():
        awards = decisions.filter(outcome=Outcome.AWARD)
        return set(awards.values_list("application", flat=True)), True
    ranking = ranking_of(round, user)
    last_in = ranking.last_in(round.budget)
    above = ranking.everything()[: last_in.number]
    return {row.application_id for row in above}, False


def _rates(
    cases: Iterable[Application], funded: set[int], group: Callable[[Application], str]
) -> list[tuple[str, Rate]]:
    counts: dict[str, tuple[int, int]] = {}
    for case in cases:
        won, count = counts.get(group(case), (0, 0))
        counts[group(case)] = (won + (case.pk in funded), count + 1)
    found: Mapping[str, Rate] = rates(counts)
    return sorted(found.items(), key=lambda item: (item[1].is_hidden, -(item[1].count or 0)))


def _kind(case: Application) -> str:
    return str(OrganisationKind(case.organisation.kind).label)


def _region(case: Application) -> str:
    digits = case.organisation.region or region_of(case.organisation.credit_code)
    return region_name(digits) if digits else _("Not known")


def _answer(case: Application, key: str) -> str:
    answer = case.answers.get(key, "")
    return answer if isinstance(answer, str) else ""


def _size(case: Application) -> str:
    answer = _answer(case, SIZE_QUESTION)
    people = int(answer) if answer.isascii() and answer.isdecimal() and len(answer) < 9 else 0
    for low, high in SIZES:
        if people >= low and (high is None or people <= high):
            return f"{low}–{high}" if high else _("%(n)d or more") % {"n": low}
    return _("Not known")


def _had_award(case: Application) -> str:
    return _("Funded before") if case.had_award else _("First award")  # type: ignore[attr-defined]


@transaction.atomic
def export_fairness(round: Round, *, by) -> bytes:
    """The report as CSV; what is hidden on the page is hidden here. Records who took it."""
    require(by, "view_board", round)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [_("Division"), _("Group"), _("Applications"), _("Funded"), _("Share in %"),
         _("Interval from"), _("Interval to")]
    )  # fmt: skip
    report = fairness_of(round, by)
    for table in [Table(_("All"), [(_("All"), report.total)]), *report.tables]:
        for name, rate in table.rows:
            writer.writerow([table.title, disarmed(name), *_cells(rate)])
    record(round, "export_fairness", by=by)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cells(rate: Rate) -> list[object]:
    if rate.count is None or rate.rate is None or rate.low is None or rate.high is None:
        return [_("hidden")] * 5
    shares = (rate.rate, rate.low, rate.high)
    return [rate.count, rate.successes, *(f"{100 * share:.1f}" for share in shares)]
