"""A believable fund to click through."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone, translation

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.demo.people import make_organisations, make_people
from grants.demo.porting import begin_port
from grants.demo.rounds import make_fund, make_rounds
from grants.demo.story import Story
from grants.payouts.services.calendar import load_bank_days


class Command(BaseCommand):
    help = "Makes the demo's people, fund, rounds and cases. Running it again changes nothing."

    @transaction.atomic
    def handle(self, **options):
        with translation.override("zh-hans"):
            _load_known_bank_days()
            people = make_people()
            organisations = make_organisations(people)
            fund = make_fund(people["officer"])
            rounds = {round.slug: round for round in make_rounds(fund, people["officer"])}
            pilot = rounds["pilot-2026-1"]
            if not Application.objects.filter(round=pilot).exists():
                Story(pilot, people, organisations).tell()
            port = rounds["porting-2026-1"]
            begin_port(port, people["wang-wei"], organisations["wang-wei"])
        self.stdout.write(
            f"{len(people)} people, {len(rounds)} rounds,"
            f" {Application.objects.count()} applications."
        )


def _load_known_bank_days() -> None:
    """Of this year and the next, as far as its holidays are published."""
    this_year = timezone.localdate().year
    for year in (this_year, this_year + 1):
        try:
            load_bank_days(year)
        except Refused:
            return
