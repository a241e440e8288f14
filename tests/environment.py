"""What the tests run on: the embedded servers under var/test, never a running copy of the portal.

Every test process takes a slot: a database, a Redis database and a folder that are its own, also
when several people or several xdist workers test in one folder.
"""

import os
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR_DIR = ROOT / "var" / "test"


def without_settings() -> dict[str, str]:
    """The environment without any setting of the portal, and without the developer's .env."""
    names = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return kept | {"ENV_FILE": "", "DEBUG": "true", "EMBEDDED_FSYNC": "off"}


def enter() -> None:
    """Makes this process, and those that it starts, use the servers of the tests and its slot."""
    environment = without_settings() | {"VAR_DIR": str(VAR_DIR)}
    os.environ.clear()
    os.environ.update(environment)

    from fundportal import embedded

    slot = take_slot()
    folder = VAR_DIR / "slots" / str(slot)
    for name in ("media", "mail"):
        shutil.rmtree(folder / name, ignore_errors=True)
    os.environ |= {
        "DATABASE_URL": embedded.database_url(f"test_{slot}"),
        "REDIS_URL": embedded.redis_url(slot),
        "MEDIA_ROOT": str(folder / "media"),
        "EMAIL_URL": f"file:///{folder}/mail",
    }


def take_slot() -> int:
    from fundportal.processes import Lock

    for slot in range(1, 256):
        lock = Lock(VAR_DIR / "slots" / str(slot) / "lock")
        if lock.take():
            _held.append(lock)
            return slot
        lock.close()
    raise RuntimeError("All 255 slots for test processes are taken.")


_held: list = []
