"""The payout register as a file, with its totals and its SHA-256."""

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from grants.accounts.models import User
from grants.core.errors import Refused
from grants.payouts.lifecycle import PayoutState
from grants.programs.models import Round
from grants.reports.exports import Format, export_register
from grants.reports.register import Choice, Moment


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"“{text}” is not a day. Write the year, the month and the day: 2026-01-31."
        ) from None


class Command(BaseCommand):
    help = "Writes the payout register to a file; prints its rows, totals and SHA-256."

    def add_arguments(self, parser):
        parser.add_argument("--format", required=True, choices=Format.values)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
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
        draft = out.with_name(out.name + ".part")
        try:
            with draft.open("w+b") as file:
                done = export_register(
                    file, choice, options["format"], by=person, progress=self._show
                )
            draft.replace(out)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except PermissionDenied as denial:
            raise CommandError(f"{person} may not export payouts.") from denial
        finally:
            draft.unlink(missing_ok=True)
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
        self._show(done.count)
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(f"{'rows':<10}{done.count:>24,}")
        for total in done.totals:
            for name in ("gross", "withheld", "net"):
                self.stdout.write(f"{name:<10}{getattr(total, name):>24,.2f} {total.currency}")
        self.stdout.write(f"{'sha256':<10}{done.sha256}")
        self.stdout.write(self.style.SUCCESS(f"Written to {out} ({done.size:,} bytes)."))
