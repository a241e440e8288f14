"""The days on which banks work, for the send day of bank files."""

import csv
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from grants.core.errors import Refused
from grants.payouts.services.calendar import enter_bank_days, load_bank_days

ANSWERS = {"yes": True, "no": False}


class Command(BaseCommand):
    help = "Loads holidays and made-up working days: of a year, or from a CSV (day,works,name)."

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, help="this year by default")
        parser.add_argument(
            "--file", help="a CSV with rows such as 2027-01-01,no,元旦; they win over what is there"
        )

    def handle(self, *, year, file, **options):
        try:
            if file:
                count = enter_bank_days(self._rows(Path(file)))
            else:
                count = load_bank_days(year or timezone.localdate().year)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{count} days loaded.")

    def _rows(self, path: Path) -> list[tuple[date, bool, str]]:
        rows = []
        try:
            with path.open(encoding="utf-8-sig", newline="") as text:
                for day, works, *name in csv.reader(text):
                    rows.append((date.fromisoformat(day), ANSWERS[works], "".join(name)))
        except (OSError, ValueError, KeyError) as error:
            number = len(rows) + 1
            raise CommandError(f"Row {number} is not day,yes|no,name: {error}") from None
        return rows
