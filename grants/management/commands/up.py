import io
import time

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError
from django.utils import translation

from fundportal import embedded, supervisor
from fundportal.console import Console
from fundportal.sandbox import keys
from grants.accounts.models import Role, User
from grants.demo.people import PEOPLE
from grants.programs.models import Fund


class Command(BaseCommand):
    help = (
        "Starts the whole portal: its own PostgreSQL and Valkey where DATABASE_URL and REDIS_URL "
        "are not set, migrations, web, worker, beat and the payment sandbox. Ctrl-C stops it."
    )

    def handle(self, **options):
        self.started_at = time.monotonic()
        try:
            supervisor.run(prepare=self.prepare, welcome=self.welcome)
        except supervisor.CannotStart as reason:
            raise CommandError(str(reason)) from None

    def prepare(self, console: Console) -> None:
        if supervisor.needs_sandbox():
            keys.ensure(embedded.VAR_DIR / "keys")
        console.say("Migrating the database…")
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEBUG and not Fund.objects.exists():
            console.say("Making the demo fund…")
            made = io.StringIO()
            call_command("seed_demo", stdout=made)
            console.say(made.getvalue().strip())
        if settings.DEBUG:
            settings.STATIC_ROOT.mkdir(exist_ok=True)
        else:
            console.say("Collecting the static files…")
            call_command("collectstatic", verbosity=0, interactive=False)

    def welcome(self, port: int) -> str:
        seconds = time.monotonic() - self.started_at
        address = f"http://127.0.0.1:{port}"
        lines = ["", f"  The portal is at {address} (the desk: {address}/admin/), {seconds:.0f} s."]
        if settings.DEBUG and has_demo_people():
            lines += ["", f"  {'Demo person':<26}{'Role':<22}Password"]
            lines += [
                f"  {person.email:<26}{role_of(person.role):<22}{person.password}"
                for person in PEOPLE
            ]
        return "\n".join(
            [*lines, "", "  Ctrl-C stops everything. Starting again keeps the data.", ""]
        )


def has_demo_people() -> bool:
    """False also while the database is away: the portal is up, and waits for it."""
    try:
        return User.objects.filter(email=PEOPLE[0].email).exists()
    except OperationalError:
        return False


def role_of(role: str) -> str:
    with translation.override("en"):
        return str(Role(role).label) if role else "Applicant"
