"""Applications chosen by filters, and the chosen ones as a CSV file."""

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import F, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from grants.accounts.models import OrganisationKind
from grants.applications.lifecycle import ApplicationState
from grants.applications.listing import SHORTEST_WORD, HasPairs
from grants.applications.models import Application, kept_from
from grants.core.dates import in_words
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import record
from grants.programs.models import Round
from grants.reports.exports import disarmed
from grants.screening.lifecycle import ScreeningOutcome
from grants.screening.selectors import UNDECIDED

MOST_WORDS = 8
ROWS_AT_ONCE = 2000
UNCHECKED = "unchecked"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class Column(models.TextChoices):
    PROJECT = "project", gettext_lazy("Project")
    ORGANISATION = "organisation", gettext_lazy("Organisation")
    KIND = "kind", gettext_lazy("Kind of applicant")
    ROUND = "round", gettext_lazy("Round")
    STATE = "state", gettext_lazy("State")
    CHECKS = "checks", gettext_lazy("Checks")
    SUBMITTED = "submitted", gettext_lazy("Submitted on")
    AMOUNT = "amount", gettext_lazy("Asked for")


DEFAULT_COLUMNS = (
    Column.PROJECT,
    Column.ROUND,
    Column.STATE,
    Column.CHECKS,
    Column.SUBMITTED,
    Column.AMOUNT,
)


@dataclass(frozen=True)
class CaseChoice:
    """Which applications; what is empty filters nothing. Days are the portal's, both counted."""

    search: str = ""
    round: Round | None = None
    state: str = ""
    kind: str = ""
    outcome: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_by_day(self) -> bool:
        return bool(self.since or self.until)

    def of(self, applications: QuerySet[Application], user) -> QuerySet[Application]:
        """Raises `Refused` for a word that is too short, and for bounds in the wrong order."""
        rows = self._by_words(applications)
        if self.round:
            rows = rows.filter(round=self.round)
        if self.state:
            rows = rows.filter(state=self.state)
        if self.kind:
            rows = rows.filter(listing__applicant_kind=self.kind)
        if self.outcome:
            rows = _by_outcome(rows, self.outcome)
        return self._by_bounds(rows)

    def _by_words(self, rows):
        words = self.search.lower().split()[:MOST_WORDS]
        for word in words:
            if len(word) < SHORTEST_WORD:
                raise Refused(_("Search for words of at least two characters."), field="search")
            rows = rows.filter(
                HasPairs(F("listing__text"), Value(word)), listing__text__contains=word
            )
        return rows

    def _by_bounds(self, rows):
        if self.least is not None and self.most is not None and self.least > self.most:
            raise Refused(_("The least is more than the most."), field="most")
        if self.since and self.until and self.since > self.until:
            raise Refused(_("The first day is after the last."), field="until")
        bounds = {
            "listing__requested_amount__gte": self.least,
            "listing__requested_amount__lte": self.most,
            "submitted_at__gte": self.since and _begin(self.since),
            "submitted_at__lt": self.until
            and _begin(min(self.until, LAST_DAY) + timedelta(days=1)),
        }
        return rows.filter(**{name: value for name, value in bounds.items() if value is not None})

    def as_data(self) -> dict[str, Any]:
        """For the event of an export: only what filters."""
        told = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        return told | ({"round": self.round.slug} if self.round else {})


def _by_outcome(rows, outcome: str):
    """Not checked yet is only what still waits to be."""
    if outcome == UNCHECKED:
        return rows.filter(screening=None, state__in=UNDECIDED)
    return rows.filter(screening__outcome=outcome)


def _begin(day: date) -> datetime:
    """The day's first moment; days that no portal has known begin with the first that one may."""
    day = min(max(day, FIRST_DAY), LAST_DAY)
    return timezone.make_aware(datetime.combine(day, time.min))


def sent_to(user) -> QuerySet[Application]:
    """What was submitted, as far as the person may see it at the desk.

    Drafts are nobody's there; an own case is followed on the applicant's pages.
    """
    rows = Application.objects.visible_to(user).exclude(submitted_at=None)
    return rows.filter(~kept_from(user))


def with_cells(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With all that the list shows of an application."""
    return applications.select_related(
        "round__program__fund", "organisation", "listing", "screening"
    )


def cell(application: Application, column: str, user) -> str:
    """The words of one column, as it was sent last."""
    listing = getattr(application, "listing", None)
    match column:
        case Column.PROJECT:
            return listing.title if listing else application.title
        case Column.ORGANISATION:
            return application.organisation.name
        case Column.KIND:
            return str(OrganisationKind(application.organisation.kind).label)
        case Column.ROUND:
            return application.round.title
        case Column.STATE:
            return str(ApplicationState(application.state).label)
        case Column.SUBMITTED:
            return in_words(application.submitted_at) if application.submitted_at else ""
        case Column.AMOUNT:
            amount = listing.requested_amount if listing else application.requested_amount
            return "" if amount is None else f"{amount:.2f}"
    screening = getattr(application, "screening", None)
    if screening is None:
        return ""
    return str(ScreeningOutcome(screening.outcome).label)


class _Echo:
    """A file for `csv.writer` that gives back what is written."""

    def write(self, text: str) -> str:
        return text


@transaction.atomic
def export_cases(choice: CaseChoice, *, by) -> Iterator[bytes]:
    """The chosen applications as CSV with all columns, in pieces; formulas are disarmed.

    Records who took what before the first byte. Raises `Refused` for a filter that makes no sense.
    """
    require(by, "view_application")
    rows = choice.of(with_cells(sent_to(by)), by).order_by("-pk")
    record(
        by, "export_applications", by=by, data={"filter": choice.as_data(), "rows": rows.count()}
    )
    return _lines(rows, by)


def _lines(rows: QuerySet[Application], user) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    header = [_("Reference"), *(str(column.label) for column in Column), _("Currency")]
    header[header.index(str(Column.ROUND.label))] = pgettext("a dated call of a program", "Round")
    yield b"\xef\xbb\xbf" + writer.writerow(header).encode()
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        cells = [disarmed(cell(row, column, user)) for column in Column]
        yield writer.writerow([row.reference, *cells, row.currency]).encode()
