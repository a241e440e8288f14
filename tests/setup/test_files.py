"""What a clone says about itself, and what its preparation writes."""

import re
import stat
import subprocess
import sys

import polib
import pytest

from fundportal import prepare
from tests.environment import ROOT

LONGEST_FILE = 300


def tracked(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_of_ours_is_too_long():
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py", "*.html", "*.css", "*.js")
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert too_long == {}


def test_example_lists_every_setting():
    folder = ROOT / "fundportal"
    source = "".join((folder / n).read_text() for n in ("settings.py", "embedded.py", "logs.py"))
    readers = r'(?:number|choice|address|database|secrets|read\(\s*"\w+",)'
    used = set(re.findall(rf'{readers}[\s(]+"([A-Z][A-Z0-9_]+)"', source))
    example = (ROOT / ".env.example").read_text()
    assert used - set(re.findall(r"^([A-Z][A-Z0-9_]+)=", example, re.M)) == set()


def test_example_says_a_sentence_about_every_setting():
    blocks = (ROOT / ".env.example").read_text().strip().split("\n\n")[1:]
    assert [block for block in blocks if not re.fullmatch(r"# .+\.\n[A-Z0-9_]+=", block)] == []


@pytest.fixture
def clone(tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.delenv("DEBUG")
    return tmp_path


def test_development_settings_are_written_once_and_are_private(clone):
    prepare.write_development_settings()
    written = clone / ".env"
    first = written.read_text()
    prepare.write_development_settings()
    assert written.read_text() == first
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    names = re.findall(r"^(\w+)=\S+$", first, re.M)
    assert names == ["DEBUG", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS"]


@pytest.mark.parametrize("name", ["DEBUG", "SECRET_KEY"])
def test_development_settings_are_not_written_where_the_environment_has_them(
    clone, monkeypatch, name
):
    monkeypatch.setenv(name, "false")
    prepare.write_development_settings()
    assert not (clone / ".env").exists()


def test_translations_are_compiled_without_the_unsure_ones(clone):
    folder = clone / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Round", msgstr="轮次"))
    catalogue.append(polib.POEntry(msgid="Sound", msgstr="轮次", flags=["fuzzy"]))
    catalogue.save(str(folder / "django.po"))
    prepare.compile_translations()
    compiled = polib.mofile(str(folder / "django.mo"))
    assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("Round", "轮次")]


def test_production_does_not_start_without_its_secrets():
    ended = subprocess.run(
        [sys.executable, "-c", "import fundportal.settings"],
        cwd=ROOT,
        env={"ENV_FILE": "", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "SECRET_KEY must be set to a random text of at least 50 characters when DEBUG is off.\n"
    )
