"""On which days banks in China work: weekdays, but for holidays and weekend days made up for them.

The days that differ from their weekday are rows (`BankDay`), so that a person can correct them. A
year without any row is filled from chinesecalendar, which knows the State Council's notices.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.payouts.models import BankDay

SATURDAY = 5
LONGEST_HOLIDAY = 30


def load_bank_days(year: int) -> int:
    """Writes the days of a year that differ from their weekday; returns how many were new.

    Rows that are there stay as they are. Raises `Refused` for a year that is not published yet.
    """
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    try:
        rows = [_row(day) for day in days if day.year == year and _differs(day)]
    except NotImplementedError:
        raise Refused(
            _(
                "The holidays of %(year)s are not known to this portal yet. Enter them with"
                " “manage.py load_bank_days --file”, or update the portal."
            )
            % {"year": year}
        ) from None
    before = BankDay.objects.filter(day__year=year).count()
    BankDay.objects.bulk_create(rows, ignore_conflicts=True)
    return BankDay.objects.filter(day__year=year).count() - before


def _differs(day: date) -> bool:
    return chinese_calendar.is_workday(day) != _by_weekday(day)


def _row(day: date) -> BankDay:
    is_working = chinese_calendar.is_workday(day)
    _is_holiday, name = chinese_calendar.get_holiday_detail(day)
    words = chinese_calendar.Holiday(name).chinese if name else ""
    return BankDay(day=day, is_working=is_working, name=words)


def enter_bank_days(days: Iterable[tuple[date, bool, str]]) -> int:
    """Writes days by hand (day, whether banks work, name) over what is there; returns how many."""
    rows = [BankDay(day=day, is_working=works, name=name[:60]) for day, works, name in days]
    BankDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_working", "name"],
    )
    return len(rows)


def _by_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def is_bank_day(day: date) -> bool:
    """Whether banks work on that day. Fills its year where no day of it is known.

    Raises `Refused` for a year that nobody knows: a guess would send money on a holiday.
    """
    if not BankDay.objects.filter(day__year=day.year).exists():
        load_bank_days(day.year)
    found = BankDay.objects.filter(day=day).first()
    return found.is_working if found else _by_weekday(day)


def next_bank_day(day: date) -> date:
    """That day if banks work on it, else the next one on which they do."""
    for number in range(LONGEST_HOLIDAY):
        if is_bank_day(day + timedelta(days=number)):
            return day + timedelta(days=number)
    raise Refused(_("No bank works in the month after %(day)s: correct the days.") % {"day": day})
