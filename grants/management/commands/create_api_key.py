"""Prints an API key, once."""

from django.core.management.base import BaseCommand, CommandError

from grants.accounts.models import User
from grants.accounts.services import create_api_key
from grants.core.errors import Refused


class Command(BaseCommand):
    help = "Makes an API key for a person and prints it; it cannot be shown again."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--label", default="command line")

    def handle(self, *, email, label, **options):
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with the address {email} has signed up.")
        try:
            _row, key = create_api_key(user, label=label, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(key)
