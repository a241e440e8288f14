import os

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.utils import translation

from fundportal import embedded
from tests import databases


def pytest_configure() -> None:
    # What the tests start reads the environment like anybody else.
    os.environ["DJANGO_SETTINGS_MODULE"] = "fundportal.settings"


@pytest.fixture(scope="session", autouse=True)
def services():
    with embedded.running("postgres", "valkey"):
        yield


@pytest.fixture(scope="session")
def django_db_setup(services, django_db_blocker):
    patch = pytest.MonkeyPatch()
    patch.setattr(type(connection.ops), "execute_sql_flush", databases.flush_append_only_tables_too)
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        databases.clone_template(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        databases.drop(name)
    patch.undo()


@pytest.fixture(autouse=True)
def _empty_redis(services):
    cache.clear()


@pytest.fixture(autouse=True)
def _language_of_the_portal():
    """No test reads what another one made the language."""
    translation.deactivate()


@pytest.fixture
def english():
    """Sentences are read in English; elsewhere in the portal's own language."""
    with translation.override("en"):
        yield
