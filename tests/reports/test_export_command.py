"""`manage.py export_payouts`."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext

from grants.events.models import Event
from tests import cast
from tests.many import due_payouts

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("export_payouts", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_command_writes_the_file_and_prints_its_hash(tmp_path, form):
    due_payouts("ann", "bob")
    out = tmp_path / f"register.{form}"

    printed = run("--format", form, "--out", str(out))

    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    lines = [line.split() for line in printed.splitlines()]
    assert lines[:5] == [
        ["rows", "2"],
        ["gross", "60,000.00", "CNY"],
        ["withheld", "0.00", "CNY"],
        ["net", "60,000.00", "CNY"],
        ["sha256", sha256],
    ]
    assert list(tmp_path.iterdir()) == [out]


def test_command_without_a_person_is_recorded_with_the_fund(tmp_path):
    due_payouts("ann")

    run("--format", "csv", "--out", str(tmp_path / "register.csv"))

    (event,) = Event.objects.filter(kind="fund.export_payouts")
    assert (event.actor, event.data["rows"]) == (None, 1)


def test_command_names_the_person_who_exports(tmp_path):
    person = cast.person("finance")

    run("--format", "csv", "--out", str(tmp_path / "register.csv"), "--by", person.email)

    (event,) = Event.objects.filter(kind="user.export_payouts")
    assert event.actor == person


def test_command_takes_days_of_payment(tmp_path):
    due_payouts("ann")
    words = ("--format", "csv", "--out", str(tmp_path / "x.csv"), "--from", "2020-01-01")

    assert run(*words).split()[:2] == ["rows", "0"]
    assert run(*words, "--date", "due").split()[:2] == ["rows", "1"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--from", "2026-02-30"],
            "“2026-02-30” is not a day. Write the year, the month and the day: 2026-01-31.",
        ),
        (["--round", "no-such"], "There is no round “no-such”."),
        (["--by", "nobody@test.example"], "There is no user “nobody@test.example”."),
    ],
)
def test_command_refuses_nonsense_in_words(tmp_path, words, sentence):
    with pytest.raises(CommandError) as refusal:
        run("--format", "csv", "--out", str(tmp_path / "x.csv"), *words)

    assert str(refusal.value).removeprefix("Error: argument --from: ") == sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["--from", "2026-03-02", "--to", "2026-03-01"], ["--to", "9999-12-31"]]
)
def test_command_refuses_senseless_days_and_leaves_an_older_file_alone(tmp_path, words):
    out = tmp_path / "x.csv"
    out.write_text("older")

    with pytest.raises(CommandError):
        run("--format", "csv", "--out", str(out), *words)

    assert out.read_text() == "older"
    assert list(tmp_path.iterdir()) == [out]


def test_command_refuses_a_person_without_the_right(tmp_path):
    person = cast.person("officer")

    with pytest.raises(CommandError) as refusal:
        run("--format", "csv", "--out", str(tmp_path / "x.csv"), "--by", person.email)

    assert str(refusal.value) == "officer may not export payouts."
    assert list(tmp_path.iterdir()) == []


def test_command_says_where_it_cannot_write(tmp_path):
    out = tmp_path / "missing" / "x.csv"

    with pytest.raises(CommandError) as refusal:
        run("--format", "csv", "--out", str(out))

    assert str(refusal.value) == f"{out} cannot be written: No such file or directory."


def test_command_writes_into_what_is_no_file(tmp_path):
    due_payouts("ann")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        printed = run("--format", "csv", "--out", str(pipe))
        sha256 = hashlib.sha256(reader.read()).hexdigest()

    assert printed.split()[printed.split().index("sha256") + 1] == sha256
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_command_leaves_a_device_a_device():
    run("--format", "csv", "--out", os.devnull)

    assert Path(os.devnull).is_char_device()


def test_command_writes_to_the_file_that_a_link_names(tmp_path):
    file, link = tmp_path / "register.csv", tmp_path / "link"
    file.write_text("older")
    link.symlink_to(file)

    run("--format", "csv", "--out", str(link))

    assert link.is_symlink()
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_command_writes_to_standard_output_and_its_totals_beside(capfdbinary):
    due_payouts("ann")
    words = io.StringIO()

    call_command("export_payouts", "--format", "csv", "--out", "-", stderr=words)

    written = capfdbinary.readouterr().out
    assert written.count(b"\r\n") == 2
    assert hashlib.sha256(written).hexdigest() in words.getvalue()


def test_command_says_when_the_place_is_a_folder(tmp_path):
    with pytest.raises(CommandError) as refusal:
        run("--format", "csv", "--out", str(tmp_path))

    assert str(refusal.value) == f"{tmp_path} cannot be written: Is a directory."


def test_command_writes_the_portal_s_language(tmp_path):
    out = tmp_path / "register.csv"

    with translation.override("en"):
        run("--format", "csv", "--out", str(out))

    with translation.override("zh-hans"):
        assert out.read_text("utf-8-sig").split(",")[0] == gettext("Payout") != "Payout"
