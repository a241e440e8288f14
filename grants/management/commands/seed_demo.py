"""A believable fund to click through."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation

from grants.applications.models import Application
from grants.demo.people import make_organisations, make_people
from grants.demo.rounds import make_fund, make_rounds
from grants.demo.story import Story


class Command(BaseCommand):
    help = "Makes the demo's people, fund, rounds and cases. Running it again changes nothing."

    @transaction.atomic
    def handle(self, **options):
        with translation.override("zh-hans"):
            people = make_people()
            organisations = make_organisations(people)
            fund = make_fund(people["officer"])
            rounds = {round.slug: round for round in make_rounds(fund, people["officer"])}
            pilot = rounds["pilot-2026-1"]
            if not Application.objects.filter(round=pilot).exists():
                Story(pilot, people, organisations).tell()
        self.stdout.write(
            f"{len(people)} people, {len(rounds)} rounds,"
            f" {Application.objects.count()} applications."
        )
