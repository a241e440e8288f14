"""The made-up answer of a bank: it settles the demo's batch, and never outside development."""

import io

import pytest
from django.core.management import CommandError, call_command

from grants.payouts.models import StatementLine
from tests.payouts.banking import by_file, due, upload
from tests.payouts.way import standing

pytestmark = pytest.mark.django_db


def test_made_up_statement_settles_the_batch(settings):
    settings.DEBUG = True
    batch = by_file(*due("ann", "bob"))
    out = io.StringIO()

    call_command("demo_statement", batch.reference, stdout=out)
    done = upload(out.getvalue().encode(), name="demo.csv")

    assert (done.matched, standing()) == (2, [("paid", "succeeded")] * 2)
    assert StatementLine.objects.get(state="open").remark == "手续费"


def test_nothing_is_made_up_in_production_or_for_other_batches(settings):
    settings.DEBUG = False
    batch = by_file(*due())
    with pytest.raises(CommandError):
        call_command("demo_statement", batch.reference)
    settings.DEBUG = True

    with pytest.raises(CommandError):
        call_command("demo_statement", "BAT-2020-000001")
