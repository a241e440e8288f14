"""The days on which banks in China work: holidays, made-up days, years that nobody knows."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from grants.core.errors import Refused
from grants.payouts.models import BankDay
from grants.payouts.services.calendar import is_bank_day, load_bank_days, next_bank_day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),
        ("2026-02-14", True),  # a Saturday made up for the Spring Festival
        ("2026-02-17", False),  # the Spring Festival, a Tuesday
        ("2026-11-21", False),  # a Saturday like any other
        ("2026-11-25", True),
    ],
)
def test_holidays_and_made_up_days_are_known(day, works):
    assert is_bank_day(date.fromisoformat(day)) is works


def test_next_bank_day_is_after_the_holiday():
    assert next_bank_day(date(2026, 2, 13)) == date(2026, 2, 13)
    assert next_bank_day(date(2026, 2, 15)) == date(2026, 2, 24)
    assert next_bank_day(date(2026, 11, 21)) == date(2026, 11, 23)


def test_days_are_loaded_once_and_keep_what_a_person_entered():
    BankDay.objects.create(day=date(2026, 2, 17), is_working=True, name="by hand")

    first, again = load_bank_days(2026), load_bank_days(2026)

    assert (first > 10, again) == (True, 0)
    assert is_bank_day(date(2026, 2, 17)) is True
    assert BankDay.objects.get(day=date(2026, 2, 18)).name == "春节"


def test_year_that_nobody_knows_is_refused():
    with translation.override("en"), pytest.raises(Refused) as refused:
        is_bank_day(date(2099, 1, 5))

    assert str(refused.value).startswith("The holidays of 2099 are not known to this portal yet.")
    assert BankDay.objects.count() == 0


def test_command_loads_a_year_or_a_file(tmp_path, capsys):
    path = tmp_path / "days.csv"
    path.write_text("2099-01-01,no,元旦\n2099-01-03,yes,\n")

    call_command("load_bank_days", "--year", "2026")
    call_command("load_bank_days", "--file", str(path))

    assert capsys.readouterr().out.splitlines()[1] == "2 days loaded."
    assert (is_bank_day(date(2099, 1, 1)), is_bank_day(date(2099, 1, 3))) == (False, True)
    assert is_bank_day(date(2099, 1, 5)) is True


@pytest.mark.parametrize("text", ["2099-13-01,no,x\n", "2099-01-01,maybe,x\n", "x\n"])
def test_command_refuses_a_wrong_file_by_its_row(tmp_path, text):
    path = tmp_path / "days.csv"
    path.write_text("2099-01-01,no,元旦\n" + text)

    with pytest.raises(CommandError, match="Row 2"):
        call_command("load_bank_days", "--file", str(path))
    with pytest.raises(CommandError):
        call_command("load_bank_days", "--year", "2099")

    assert BankDay.objects.count() == 0
