"""Takes in what others know of applicants: a CSV file or a list, whole or not at all."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import Organisation
from grants.applications.models import Application
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.numbers import read_day, read_number
from grants.core.policy import require
from grants.core.texts import one_line
from grants.events.services import record
from grants.screening.kinds import refuse_odd_name
from grants.screening.models import Signal, SignalImport

COLUMNS = ("reference", "name", "value", "date")
MOST_LINES = 20_000
MOST_BYTES = 5 * 1024 * 1024
# So many wrong lines are told; who has more has another kind of file.
MOST_TOLD = 20
LONGEST_SOURCE = 80
LARGEST = Decimal(10) ** 14


@dataclass(frozen=True)
class Taken:
    """What was taken in; `was_known` where the same content of the same source had come before."""

    batch: SignalImport
    was_known: bool


@dataclass(frozen=True)
class Line:
    number: int
    reference: str
    name: str
    value: Decimal
    as_of: date


def import_file(file, *, by, source: str) -> Taken:
    """Reads a CSV with the columns reference, name, value, date.

    `reference` is that of an application, or the credit code of an organisation. Raises `Refused`
    with a sentence for each wrong line; then nothing is kept.
    """
    require(by, "import_signals")
    if file.size > MOST_BYTES:
        raise Refused(_("This file is too large for signals."), field="file")
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise Refused(_("This is no CSV file in UTF-8."), field="file") from None
    header = {(name or "").strip().lower() for name in (rows[0] if rows else {})}
    if not set(COLUMNS) <= header:
        raise Refused(
            _("The first line must name the columns: %(columns)s.")
            % {"columns": ", ".join(COLUMNS)},
            field="file",
        )
    named = [{(key or "").strip().lower(): value for key, value in row.items()} for row in rows]
    sha256 = hashlib.sha256(content).hexdigest()
    return _take(named, by=by, source=source, name=file.name, sha256=sha256, field="file", first=2)


def import_rows(rows: Sequence[dict[str, Any]], *, by, source: str) -> Taken:
    """As `import_file`, for rows with the same names."""
    require(by, "import_signals")
    return _take(
        rows, by=by, source=source, name="", sha256=digest(list(rows)), field="signals", first=1
    )


def _take(
    rows: Sequence[dict[str, Any]],
    *,
    by,
    source: str,
    name: str,
    sha256: str,
    field: str,
    first: int,
) -> Taken:
    source = one_line(source)
    if not source or len(source) > LONGEST_SOURCE:
        raise Refused(_("Name the source in at most 80 characters."), field="source")
    if not rows or len(rows) > MOST_LINES:
        raise Refused(
            _("Between 1 and %(most)s lines are taken at once.") % {"most": MOST_LINES},
            field=field,
        )
    known = SignalImport.objects.filter(source=source, sha256=sha256).first()
    if known:
        return Taken(known, was_known=True)
    lines = _read(rows, field=field, first=first)
    try:
        return Taken(_write(lines, by=by, source=source, name=name, sha256=sha256), False)
    except IntegrityError:
        return Taken(SignalImport.objects.get(source=source, sha256=sha256), was_known=True)


@transaction.atomic
def _write(
    lines: list[tuple[Line, Application | None, Organisation | None]],
    *,
    by,
    source: str,
    name: str,
    sha256: str,
) -> SignalImport:
    shown = "".join(sign for sign in name if sign.isprintable())[-150:]
    batch = SignalImport.objects.create(
        source=source, name=shown, sha256=sha256, count=len(lines), imported_by=by
    )
    Signal.objects.bulk_create(
        (
            Signal(
                batch=batch,
                application=application,
                organisation=organisation,
                name=line.name,
                value=line.value,
                as_of=line.as_of,
            )
            for line, application, organisation in lines
        ),
        batch_size=1000,
    )
    record(batch, "import", by=by, data={"source": source, "count": len(lines), "sha256": sha256})
    return batch


def _read(rows: Iterable[dict[str, Any]], *, field: str, first: int) -> list[tuple]:
    wrong: list[str] = []
    lines: list[Line] = []
    for number, row in enumerate(rows, start=first):
        try:
            lines.append(_line(number, row))
        except Refused as refused:
            wrong.append(_at(number, str(refused)))
    references = {line.reference for line in lines}
    applications = {
        row.reference: row
        for row in Application.objects.filter(reference__in=references).exclude(submitted_at=None)
    }
    organisations = {
        row.credit_code: row
        for row in Organisation.objects.filter(credit_code__in=references - {""})
    }
    found = []
    for line in lines:
        application = applications.get(line.reference)
        organisation = None if application else organisations.get(line.reference)
        if application is None and organisation is None:
            told = _("There is no application and no credit code “%(reference)s”.")
            wrong.append(_at(line.number, told % {"reference": line.reference}))
        found.append((line, application, organisation))
    if wrong:
        more = len(wrong) - MOST_TOLD
        sentences = wrong[:MOST_TOLD]
        if more > 0:
            sentences.append(_("%(count)s more lines are wrong.") % {"count": more})
        raise Refused(" ".join(sentences), field=field)
    return found


def _at(number: int, sentence: str) -> str:
    return _("Line %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}


def _line(number: int, row: dict[str, Any]) -> Line:
    reference, name, value, day = (str(row.get(key) or "").strip() for key in COLUMNS)
    refuse_odd_name(name)
    try:
        amount = read_number(value)
    except ValueError:
        raise Refused(_("“%(value)s” is no number.") % {"value": value[:40]}) from None
    if abs(amount) >= LARGEST or amount != round(amount, 4):
        raise Refused(_("Write a number with at most 14 digits and 4 decimals."))
    try:
        as_of = read_day(day)
    except ValueError:
        raise Refused(_("Write the date as 2026-11-30.")) from None
    if as_of > timezone.localdate():
        raise Refused(_("The date lies ahead."))
    if not reference.isprintable():
        raise Refused(_("The reference has characters that cannot be shown."))
    return Line(number, reference.upper(), name, amount, as_of)
