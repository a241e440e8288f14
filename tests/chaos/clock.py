"""The clocks of the portal's processes, which jump; those of its servers and the gateway do not.

libfaketime stands between a process and its clock and reads the offset from a file each time; the
steady clock, by which time-outs are measured, it leaves alone. A module that Python loads at its
start puts it in front of Celery and the web server only.
"""

from pathlib import Path
from random import Random

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
MINUTE, HOUR = 60, 3600
FURTHEST = 12 * HOUR
AT_START = """
import os, sys

if {"celery", "granian"} & set(sys.orig_argv) and not os.environ.get("LD_PRELOAD"):
    os.environ["LD_PRELOAD"] = os.environ["CHAOS_CLOCK"]
    os.execv(sys.executable, sys.orig_argv)
"""


class Clock:
    def __init__(self, folder: Path, random: Random):
        self.folder, self.random = folder / "clock", random
        self.folder.mkdir()
        self.can_jump = bool(LIBRARIES)
        (self.folder / "sitecustomize.py").write_text(AT_START)
        self._set(0)

    def environment(self) -> dict[str, str]:
        """What the portal is started with, so that its clocks jump; nothing where they cannot."""
        if not self.can_jump:
            return {}
        return {
            "PYTHONPATH": str(self.folder),
            "CHAOS_CLOCK": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "offset"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def jump(self) -> bool:
        """Minutes or hours ahead or back of where it stood, never further than half a day off."""
        unit = self.random.choice([MINUTE, HOUR])
        ahead = self.random.choice([-1, 1]) * unit * self.random.randint(1, 10)
        if abs(self.offset + ahead) > FURTHEST:
            ahead = -ahead
        self._set(self.offset + ahead)
        return self.can_jump

    def put_right(self) -> None:
        self._set(0)

    def _set(self, offset: int) -> None:
        self.offset = offset
        draft = self.folder / "draft"
        draft.write_text(f"{offset:+d}\n")
        draft.replace(self.folder / "offset")
