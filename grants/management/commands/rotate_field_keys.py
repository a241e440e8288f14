"""Seals account and identity numbers under the first key; exit 1 with each that does not open."""

from django.core.management.base import BaseCommand

from grants.accounts.models import Organisation
from grants.accounts.services.resealing import reseal_identities
from grants.payouts.models import Payee
from grants.payouts.services.keys import CHUNK, reseal_payees


class Command(BaseCommand):
    help = (
        "Seals every account number and identity number under the first of FIELD_ENCRYPTION_KEYS,"
        " in chunks that are committed each: it can be stopped and run again. The last key must"
        " stay where it is, because the indexes over the numbers are made with it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--chunk", type=int, default=CHUNK, help="numbers in a transaction")

    def handle(self, *, chunk, **options):
        identities = Organisation.objects.exclude(identity_sealed="").count()
        closed = [
            *self._reseal(reseal_payees, Payee.objects.count(), chunk, "payee", "accounts"),
            *self._reseal(reseal_identities, identities, chunk, "organisation", "identity numbers"),
        ]
        for name in closed:
            self.stderr.write(f"DOES NOT OPEN {name}")
        if closed:
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS("Every number is sealed under the first key."))

    def _reseal(self, step_of, whole: int, chunk: int, kind: str, what: str) -> list[str]:
        """Goes through all of them, chunk by chunk; names those that do not open."""
        seen, done, closed = 0, 0, []
        step = step_of(limit=chunk)
        while step.last:
            seen, done = min(seen + chunk, whole), done + step.done
            closed += [f"{kind} {pk}" for pk in step.closed]
            self.stdout.write(f"{seen} of {whole} {what} looked at, {done} sealed anew")
            step = step_of(after=step.last, limit=chunk)
        return closed
