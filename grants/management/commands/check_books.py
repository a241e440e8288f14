"""Recomputes the books; exit 1 with each difference."""

from django.core.management.base import BaseCommand

from grants.payouts.checks import check_books


class Command(BaseCommand):
    help = "Recomputes every balance, matches payouts with postings, prints the trial balance."

    def handle(self, **options):
        report = check_books()
        self.stdout.write(f"{'place':<14}{'currency':<10}{'balance':>24}")
        for place, currency, balance in report.trial_balance:
            self.stdout.write(f"{place:<14}{currency:<10}{balance:>24,.2f}")
        whole = sum(balance for _place, _currency, balance in report.trial_balance)
        self.stdout.write(f"{'sum':<24}{whole:>24,.2f}")
        for difference in report.differences:
            self.stderr.write(f"DIFFERENCE {difference}")
        if report.differences:
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS("The books balance."))
