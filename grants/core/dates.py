"""Moments and days in the reader's language and the portal's time zone."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

FORMATS = {
    "zh-hans": {"datetime": "Y年n月j日 H:i", "date": "Y年n月j日", "short": "n月j日", "time": "H:i"},
    "en": {"datetime": "j F Y, H:i", "date": "j F Y", "short": "j M", "time": "H:i"},
}


def local(value: date) -> date:
    """A moment in the portal's time zone; a day as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def in_words(value: date, style: str = "datetime") -> str:
    """`style` is datetime, date, short (day and month) or time; a day has no time."""
    if style == "datetime" and not isinstance(value, datetime):
        style = "date"
    formats = FORMATS.get(get_language() or "", FORMATS["en"])
    return date_format(local(value), formats[style])
