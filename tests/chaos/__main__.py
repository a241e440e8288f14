"""N payouts, FAULTS faults (a tenth of N, 25 at least), by the chance of SEED. Exit 1 in doubt."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random, SystemRandom

import django

from tests.environment import without_settings

LONGEST_END = 420
QUICK = {
    "ALIPAY_TIMEOUT_S": "1",
    "RAIL_NOT_FOUND_IS_FINAL_S": "5",
    "PAYMENT_LEASE_S": "6",
    "RAIL_LONGEST_STOP_S": "2",
    "EMBEDDED_FSYNC": "on",
    "LOG_LEVEL": "WARNING",
    "DJANGO_SETTINGS_MODULE": "fundportal.settings",
}


def number_of(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def main() -> int:
    count = number_of("N", 500)
    faults = number_of("FAULTS", max(count // 10, 25))
    seed = number_of("SEED", SystemRandom().randrange(10**6))
    folder = Path(tempfile.mkdtemp(prefix="fundportal-chaos-"))
    environment = without_settings() | {"VAR_DIR": str(folder)} | QUICK
    os.environ.clear()
    os.environ.update(environment)
    django.setup()
    from tests.chaos.run import Run  # it reads the environment

    print(f"{count} payouts, {faults} faults, SEED={seed}, in {folder}", flush=True)
    began = time.monotonic()
    wrong = Run(folder, Random(seed), count=count, faults=faults).all(longest_end=LONGEST_END)
    print(f"\n{time.monotonic() - began:.0f} s, SEED={seed}")
    if wrong:
        print(f"NOT PROVED: {len(wrong)} differences; everything is kept in {folder}")
        return 1
    shutil.rmtree(folder)
    print("Proved: each payout was paid exactly once, and the books say so.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
