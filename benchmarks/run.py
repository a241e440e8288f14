"""Runs the benchmarks one after the other and prints a line for each."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from fundportal import embedded


@dataclass(frozen=True)
class Line:
    """`ratio` is what the target, if there is one, speaks of: at least or at most so much."""

    name: str
    ours: str
    floor: str
    ratio: float
    target: float | None
    is_least: bool

    def __str__(self) -> str:
        line = f"{self.name:<44}{self.ours:>14}{self.floor:>14}{self.ratio:>8.2f}"
        if self.target is None:
            return line
        met = self.ratio >= self.target if self.is_least else self.ratio <= self.target
        sign = "≥" if self.is_least else "≤"
        told = "met" if met else "MISSED"
        return f"{line}   {sign} {self.target:g} {told}"


def timed(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def run(folder: Path, *, scale: float, only: Sequence[str]) -> None:
    from benchmarks import (
        board,
        books,
        calibrating,
        filling,
        listing,
        matching,
        release,
        screening,
        sending,
    )

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    benchmarks = {
        "release": release.against_floor,
        "growth": release.at_scale,
        "sending": sending.against_floor,
        "books": books.against_floor,
        "list": listing.at_scale,
        "board": board.at_scale,
        "screening": screening.against_the_clock,
        "autosave": filling.against_one_row,
        "burst": filling.burst,
        "matching": matching.against_greedy,
        "calibrating": calibrating.against_a_loop,
    }
    with embedded.running("postgres", "valkey"):
        call_command("migrate", verbosity=0, interactive=False)
        print(f"{'':<44}{'ours':>14}{'floor':>14}{'ratio':>8}   target")
        for name in only or benchmarks:
            print(benchmarks[name](folder, scale), flush=True)
        connections.close_all()
