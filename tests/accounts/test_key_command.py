"""`manage.py create_api_key`."""

import io
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from grants.accounts.models import ApiKey
from grants.accounts.services import user_of_key
from tests import cast
from tests.environment import ROOT

pytestmark = pytest.mark.django_db


def test_command_prints_a_key_that_works():
    out = io.StringIO()

    call_command("create_api_key", cast.person("finance").email, stdout=out)

    assert user_of_key(out.getvalue().strip()) == cast.person("finance")


@pytest.mark.parametrize("label", ["x" * 81, "  "])
def test_command_says_how_long_a_label_may_be(label):
    with translation.override("en"), pytest.raises(CommandError) as refusal:
        call_command("create_api_key", cast.person("finance").email, label=label)

    assert str(refusal.value) == "Say in 1 to 80 characters what the key is for."
    assert ApiKey.objects.count() == 0


def test_commands_speak_english_in_the_terminal():
    days = ["--from", "2026-03-02", "--to", "2026-03-01"]

    ended = subprocess.run(
        [sys.executable, "manage.py", "export_payouts", "--format", "csv", "--out", "-", *days],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "CommandError: The last day is before the first day.\n"
