"""A believable fund to click through, of any size."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.demo.flow import make_payouts
from grants.demo.people import make_organisations, make_people
from grants.demo.porting import begin_port
from grants.demo.reviewed import BIG, SMALL, make_crowd, make_reviewed_round
from grants.demo.rounds import make_fund, make_rounds
from grants.demo.story import Story
from grants.payouts.services.calendar import load_bank_days
from grants.programs.models import Program, Round
from grants.reviews.services.calibrating import ask_calibration

REVIEWED, REVIEWERS = 400, 40


class Command(BaseCommand):
    help = "Makes the demo's people, fund, rounds and cases. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--applications",
            type=int,
            default=0,
            help=f"so many more applications; {REVIEWED} of them in a round that is reviewed",
        )
        parser.add_argument("--payouts", type=int, default=0, help="so many payouts that are due")

    @transaction.atomic
    def handle(self, **options):
        self.began = time.monotonic()
        with translation.override("zh-hans"):
            people, rounds = self._make_small()
            self._tell(f"{len(people)} people, {len(rounds)} rounds")
            if options["applications"] > 0:
                self._make_many(options["applications"], people)
            if options["payouts"] > 0:
                made = make_payouts(options["payouts"], people, tell=self._tell)
                self._tell(f"{made:,} payouts made")
        self.stdout.write(
            f"{len(people)} people, {len(rounds)} rounds,"
            f" {Application.objects.count()} applications."
        )

    def _tell(self, what: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.began:6.1f} s  {what}")

    def _make_small(self):
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
        officer = people["officer"]
        if make_reviewed_round(SMALL, pilot.program, by=officer, applications=12, reviewers=5):
            ask_calibration(Round.objects.get(slug=SMALL["slug"]), by=officer)
        return people, rounds

    def _make_many(self, count: int, people) -> None:
        program = Program.objects.get(slug="new-apps")
        officer = people["officer"]
        reviewed = min(count, REVIEWED)
        truth = make_reviewed_round(
            BIG, program, by=officer, applications=reviewed, reviewers=min(REVIEWERS, reviewed + 3)
        )
        if truth:
            ask_calibration(Round.objects.get(slug=BIG["slug"]), by=officer)
            self._tell(f"{len(truth.quality)} applications by {len(truth.judges)} reviewers")
            strictest = sorted(truth.judges.items(), key=lambda item: -item[1].severity)[:3]
            for email, judge in strictest:
                self._tell(f"strict by {judge.severity:+.1f} of 100: {email}")
        made = make_crowd(program, count - reviewed, by=officer)
        self._tell(f"{made:,} applications that wait for reviewers")


def _load_known_bank_days() -> None:
    """Of this year and the next, as far as its holidays are published."""
    this_year = timezone.localdate().year
    for year in (this_year, this_year + 1):
        try:
            load_bank_days(year)
        except Refused:
            return
