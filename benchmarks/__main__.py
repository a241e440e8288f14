"""Every benchmark on servers of its own, with fsync. BENCH_SCALE=1 is the full size; exit 0."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.environment import without_settings

DEFAULT_SCALE = 0.2


def main() -> int:
    scale = float(os.environ.get("BENCH_SCALE") or DEFAULT_SCALE)
    only = sys.argv[1:]
    folder = Path(tempfile.mkdtemp(prefix="fundportal-bench-"))
    given = {"VAR_DIR": str(folder), "EMBEDDED_FSYNC": "on", "LOG_LEVEL": "WARNING"}
    environment = without_settings() | given | {"DJANGO_SETTINGS_MODULE": "fundportal.settings"}
    os.environ.clear()
    os.environ.update(environment)
    django.setup()
    from benchmarks import fairness
    from benchmarks.run import run  # it reads the environment

    if only == ["fairness"]:
        fairness.show()
        return 0

    began = time.monotonic()
    try:
        run(folder, scale=scale, only=only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\nBENCH_SCALE={scale:g}, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
