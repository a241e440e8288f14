import logging

import pytest
from django.http import HttpResponse
from django.template.base import Template
from django.test.utils import _TestState

from fundportal import urls


@pytest.fixture(autouse=True)
def _many_requests_at_little_cost(monkeypatch):
    """Thousands of refusals: they are no news, need no page, and nobody asks for their context."""
    for status in (403, 404):
        answer = lambda request, exception, status=status: HttpResponse(status=status)  # noqa: E731
        monkeypatch.setattr(urls, f"handler{status}", answer, raising=False)
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
