"""The payout register as a file, with its totals and its SHA-256."""

import shutil
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from grants.accounts.models import User
from grants.core.errors import Refused
from grants.core.numbers import read_day
from grants.payouts.lifecycle import PayoutState
from grants.programs.models import Round
from grants.reports.exports import Format, export_register
from grants.reports.register import Choice, Moment

STANDARD_OUTPUT = Path("-")


def a_day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise ArgumentTypeError(
            f"“{text}” is not a day. Write the year, the month and the day: 2026-01-31."
        ) from None


@contextmanager
def written_to(out: Path) -> Iterator[BinaryIO]:
    """A file that can be read back, whose content is at `out` afterwards, or nothing of it.

    A device or a pipe stays what it is: it is written into.
    """
    if out == STANDARD_OUTPUT or (out.exists() and not out.is_file()):
        with TemporaryFile() as file:
            yield file
            file.seek(0)
            place = sys.stdout.fileno() if out == STANDARD_OUTPUT else out
            with open(place, "wb", closefd=out != STANDARD_OUTPUT) as sink:
                shutil.copyfileobj(file, sink)
        return
    target = out.resolve()
    draft = target.with_name(target.name + ".part")
    try:
        with draft.open("w+b") as file:
            yield file
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


class Command(BaseCommand):
    help = "Writes the payout register to a file; prints its rows, totals and SHA-256."

    def add_arguments(self, parser):
        parser.add_argument("--format", required=True, choices=Format.values)
        parser.add_argument(
            "--out", required=True, type=Path, metavar="FILE", help="- is standard output"
        )
        parser.add_argument("--from", dest="since", type=a_day, metavar="DAY")
        parser.add_argument("--to", dest="until", type=a_day, metavar="DAY", help="included")
        parser.add_argument(
            "--date",
            choices=Moment.values,
            default=Moment.PAID,
            help="the days are those on which payouts were paid (as usual), or became due",
        )
        parser.add_argument("--round", metavar="SLUG")
        parser.add_argument("--state", choices=PayoutState.values, default="")
        parser.add_argument("--by", metavar="EMAIL", help="the person who exports, for the record")

    def handle(self, *, out: Path, by: str | None, **options):
        choice = Choice(
            since=options["since"],
            until=options["until"],
            moment=options["date"],
            state=options["state"],
            round=self._one(Round, slug=options["round"]) if options["round"] else None,
        )
        person = self._one(User, email__iexact=by) if by else None
        try:
            choice.check()
            with written_to(out) as file, translation.override(settings.LANGUAGE_CODE):
                done = export_register(
                    file, choice, options["format"], by=person, progress=self._show
                )
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except PermissionDenied as denial:
            raise CommandError(f"{person} may not export payouts.") from denial
        self._tell(done, out)

    def _one(self, model, **key):
        found = model.objects.filter(**key).first()
        if found is None:
            raise CommandError(
                f"There is no {model._meta.model_name} “{next(iter(key.values()))}”."
            )
        return found

    def _show(self, count: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{count:,} rows", ending="")
            self.stderr.flush()

    def _tell(self, done, out: Path) -> None:
        """The totals, beside the file: where that is standard output, on the other one."""
        self._show(done.count)
        if self.stderr.isatty():
            self.stderr.write("")
        say = self.stderr if out == STANDARD_OUTPUT else self.stdout
        say.write(f"{'rows':<10}{done.count:>24,}")
        for total in done.totals:
            for name in ("gross", "withheld", "net"):
                say.write(f"{name:<10}{getattr(total, name):>24,.2f} {total.currency}")
        say.write(f"{'sha256':<10}{done.sha256}")
        place = "standard output" if out == STANDARD_OUTPUT else out
        say.write(self.style.SUCCESS(f"Written to {place} ({done.size:,} bytes)."))
