"""What a bank would answer to a bank file, so that the way back can be tried without a bank."""

import csv

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from grants.payouts.models import PaymentAttempt, RailName

COLUMNS = ("booked_on", "amount", "says", "number", "bank_reference", "holder_name", "remark")


class Command(BaseCommand):
    help = "Writes a statement (CSV) by which a batch was paid, with a fee. In development only."

    def add_arguments(self, parser):
        parser.add_argument("batch", help="the reference of a batch by bank file: BAT-2026-000002")

    def handle(self, *, batch, **options):
        if not settings.DEBUG:
            raise CommandError("A statement is made up in development only.")
        attempts = PaymentAttempt.objects.filter(
            batch__reference=batch, rail=RailName.BANK_FILE
        ).select_related("payout__payee")
        if not attempts:
            raise CommandError(f"{batch} is no batch that was released by bank file.")
        today = timezone.localdate()
        rows = csv.writer(self.stdout, lineterminator="\n")
        rows.writerow(COLUMNS)
        for attempt in attempts.order_by("pk"):
            payout = attempt.payout
            name = payout.payee.holder_name
            reference = f"DEMO{attempt.pk:08d}"
            rows.writerow([today, -payout.net, "paid", attempt.number, reference, name, ""])
        rows.writerow([today, "-5.00", "paid", "", f"DEMO-FEE-{batch}", "", "手续费"])
