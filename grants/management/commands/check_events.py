"""Verifies the event chain; exit 1 where it is broken or does not hold a seal from a mail."""

from django.core.management.base import BaseCommand, CommandError

from grants.events.days import holds, read_mark
from grants.events.seals import check_chain


class Command(BaseCommand):
    help = "Recomputes the hash chain over all events, and compares the seals of days with it."

    def add_arguments(self, parser):
        parser.add_argument(
            "--against",
            metavar="SEQUENCE:HASH",
            help="a seal from an auditor's mail, which the chain must still hold",
        )

    def handle(self, *, against=None, **options):
        try:
            mark = read_mark(against) if against else None
        except ValueError:
            raise CommandError("--against takes SEQUENCE:HASH, as it stands in the mail") from None
        report = check_chain()
        if report.broken_event is not None:
            self.stderr.write(f"BROKEN at event {report.broken_event}: {report.reason}")
        for day in report.broken_days:
            self.stderr.write(f"BROKEN on {day}: its seal is not what the chain holds")
        is_held = mark is None or holds(*mark)
        if mark and not is_held:
            self.stderr.write(f"BROKEN at seal {mark[0]}: the mail names another hash")
        if not (report.is_whole and is_held):
            raise SystemExit(1)
        self.stdout.write(f"{report.sealed} events sealed, {report.unsealed} wait for their seal.")
        self.stdout.write(f"Last seal {report.sealed}:{report.head}")
        if mark:
            self.stdout.write(f"The chain holds seal {mark[0]} of the mail.")
        self.stdout.write(self.style.SUCCESS("The chain is whole."))
