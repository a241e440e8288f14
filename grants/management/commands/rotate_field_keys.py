"""Seals every account number under the first key; exit 1 with each that does not open."""

from django.core.management.base import BaseCommand

from grants.payouts.models import Payee
from grants.payouts.services.keys import CHUNK, reseal_payees


class Command(BaseCommand):
    help = (
        "Seals every account number under the first of FIELD_ENCRYPTION_KEYS, in chunks that are"
        " committed each: it can be stopped and run again. The last key must stay where it is,"
        " because the index over the accounts is made with it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--chunk", type=int, default=CHUNK, help="accounts in a transaction")

    def handle(self, *, chunk, **options):
        whole, seen, done, closed = Payee.objects.count(), 0, 0, []
        step = reseal_payees(limit=chunk)
        while step.last:
            seen, done = min(seen + chunk, whole), done + step.done
            closed += step.closed
            self.stdout.write(f"{seen} of {whole} accounts looked at, {done} sealed anew")
            step = reseal_payees(after=step.last, limit=chunk)
        for pk in closed:
            self.stderr.write(f"DOES NOT OPEN payee {pk}")
        if closed:
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS("Every account is sealed under the first key."))
