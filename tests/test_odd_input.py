"""No address breaks, whatever stands in the places where a name or a number belongs."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from tests import cast

pytestmark = pytest.mark.django_db

ODD = ["%00", "9" * 5000]
PLACE = re.compile(r"<[^>]+>|\(\?P.*?\)(?=/|\$|$)")


def routes(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).removeprefix("^")
        inner = hasattr(pattern, "url_patterns")
        found += routes(pattern, route) if inner else [route]
    return found


def addresses(odd: str) -> list[str]:
    with_places = sorted({route for route in routes(get_resolver()) if PLACE.search(route)})
    return ["/" + PLACE.sub(odd, route).removesuffix("$") for route in with_places]


@pytest.mark.parametrize("odd", ODD)
def test_address_with_an_odd_part_answers(odd):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.person("superuser"))

    broken = [
        (method, address[:80])
        for address in addresses(odd)
        for method in ("get", "post")
        if getattr(browser, method)(address).status_code >= 500
    ]

    assert broken == []
    assert len(addresses(odd)) > 60
