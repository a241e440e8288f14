"""A warning is one line; only a crash has a traceback."""

import logging

import pytest
from django.http import HttpResponse
from django.utils.log import log_response

from fundportal.logs import Line
from tests import cast


@pytest.mark.django_db
def test_page_that_is_missing_is_one_line(client, caplog):
    client.get("/no-such-page/")

    assert [Line().format(record) for record in caplog.records] == [
        "WARNING django.request: Not Found: /no-such-page/"
    ]


@pytest.mark.django_db
def test_page_that_is_forbidden_is_one_line(client, caplog):
    client.force_login(cast.person("applicant"))

    client.get("/admin/")

    assert [Line().format(record) for record in caplog.records] == [
        "WARNING django.request: Forbidden (Permission denied): /admin/"
    ]


def test_crash_has_a_traceback(caplog):
    try:
        raise RuntimeError("broken")
    except RuntimeError as error:
        log_response("%s", "/", response=HttpResponse(status=500), exception=error)

    [record] = caplog.records
    lines = Line().format(record).splitlines()
    assert (lines[0], lines[1], lines[-1]) == (
        "ERROR django.request: /",
        "Traceback (most recent call last):",
        "RuntimeError: broken",
    )


def test_own_record_keeps_its_traceback(caplog):
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logging.getLogger("grants").warning("odd", exc_info=True)

    assert Line().format(caplog.records[0]).splitlines()[-1] == "RuntimeError: broken"


@pytest.mark.parametrize("name", ["django", "django.request", "django.server"])
def test_record_of_django_is_handled_by_the_root_alone(name):
    logger = logging.getLogger(name)

    assert (logger.handlers, logger.propagate) == ([], True)
