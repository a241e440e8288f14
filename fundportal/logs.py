"""What is logged, and how: each record once; a traceback for a crash alone."""

import copy
import logging

from fundportal.env import choice

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Line(logging.Formatter):
    """A page that is not there or not allowed (4xx) is one line, without the way it was raised."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "status_code", 500) < 500:
            record = copy.copy(record)
            record.exc_info = record.exc_text = None
        return super().format(record)


def settings() -> dict:
    """Django's own handlers go, or they would say everything a second time.

    Its level is never DEBUG: every statement would be logged, with what people wrote.
    """
    level = choice("LOG_LEVEL", "INFO", LEVELS)
    django = {"handlers": [], "propagate": True, "level": "INFO" if level == "DEBUG" else level}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "fundportal.logs.Line"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": django, "django.server": django},
    }
