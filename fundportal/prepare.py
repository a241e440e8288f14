"""`python -m fundportal.prepare`: what a clone needs before its first start, besides packages.

Compiles the translations (with polib: msgfmt is missing on many machines) and, with `--env`,
writes a `.env` for development. What is there already and up to date is left alone.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_translations() -> None:
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            import polib

            draft = source.with_suffix(".draft")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)


def write_development_settings() -> None:
    """Nothing where the environment says already what the portal runs with."""
    path = ROOT / ".env"
    if path.exists() or os.environ.get("DEBUG") or os.environ.get("SECRET_KEY"):
        return
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    lines = [
        "# Written by `make run` for development. .env.example explains every setting.",
        "DEBUG=true",
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        f"FIELD_ENCRYPTION_KEYS={key}",
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    compile_translations()
    if "--env" in sys.argv:
        write_development_settings()
