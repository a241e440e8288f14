"""The short form of `make chaos`: the same run, with few payouts."""

import os
import subprocess
import sys

import pytest

from tests.environment import ROOT

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("chaos")]


def test_every_payout_is_paid_once_whatever_happens():
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos"],
        cwd=ROOT,
        env=os.environ | {"N": "40", "FAULTS": "25", "SEED": "1"},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Proved: each payout was paid exactly once" in run.stdout
