import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import BaseCommand, CommandError

SOURCES = ("fundportal", "grants", "templates", "locale", "manage.py")
LANGUAGE = "zh_Hans"


class Command(BaseCommand):
    help = (
        "Extracts the messages of code and templates again, in a copy, and fails with each one "
        "that has no Chinese translation, an unsure one, or one that formats differently."
    )
    requires_system_checks = []

    def handle(self, **options):
        if shutil.which("xgettext") is None:
            raise CommandError("gettext is missing. On Debian or Ubuntu: apt-get install gettext")
        with tempfile.TemporaryDirectory() as folder:
            extracted = extract_into(Path(folder))
            format_errors = check_formats(extracted)
            messages = polib.pofile(str(extracted))
        wrong = [
            f"{'unsure' if entry.fuzzy else 'untranslated'}: {entry.msgid!r}{places(entry)}"
            for entry in messages
            if not entry.obsolete and not entry.translated()
        ]
        if wrong or format_errors:
            advice = "Run `make messages` and translate them."
            raise CommandError("\n".join([*wrong, format_errors, advice]))
        self.stdout.write(f"All {len(messages)} messages are translated.")


def extract_into(folder: Path) -> Path:
    for name in SOURCES:
        source = settings.BASE_DIR / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "static")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    command = [sys.executable, "manage.py", "makemessages", "-l", LANGUAGE, "--verbosity", "0"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def check_formats(file: Path) -> str:
    done = subprocess.run(
        ["msgfmt", "--check-format", "--output-file=/dev/null", str(file)],
        capture_output=True,
        text=True,
    )
    return done.stderr.strip() if done.returncode else ""


def places(entry: polib.POEntry) -> str:
    return f" ({entry.occurrences[0][0]}:{entry.occurrences[0][1]})" if entry.occurrences else ""
