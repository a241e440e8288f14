"""Verifies the event chain; exit 1 at the first broken link."""

from django.core.management.base import BaseCommand

from grants.events.seals import check_chain


class Command(BaseCommand):
    help = "Recomputes the hash chain over all events."

    def handle(self, **options):
        report = check_chain()
        if not report.is_whole:
            self.stderr.write(f"BROKEN at event {report.broken_event}: {report.reason}")
            raise SystemExit(1)
        self.stdout.write(f"{report.sealed} events sealed, {report.unsealed} wait for their seal.")
        self.stdout.write(f"Last seal {report.head}")
        self.stdout.write(self.style.SUCCESS("The chain is whole."))
