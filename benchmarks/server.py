"""The portal's web server as `make run` starts it, and people who are signed in to it."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from fundportal import embedded
from fundportal.env import ROOT
from fundportal.processes import spawn, stop
from fundportal.supervisor import children
from tests.setup.portal import free_port

TOKEN = "b" * 32
START_SECONDS = 60


@contextmanager
def web_server() -> Iterator[int]:
    """Its port. The database is the one of this process."""
    port = free_port()
    [web] = [child for child in children(port) if child.name == "web"]
    process = spawn(
        [sys.executable, "-m", *web.argv],
        on_death=signal.SIGTERM,
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "SITE_URL": ""},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        stop(process, signal.SIGTERM, 10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError(f"the web server did not answer; see {embedded.VAR_DIR}")


def session_of(user) -> str:
    """The cookies of somebody who has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    name, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    return f"{name}={session.session_key}; {csrf}={TOKEN}"


@dataclass
class Client:
    """One person with one connection. `times` are seconds, of each request."""

    port: int
    cookies: str
    times: list[float] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def post(self, url: str, fields: dict[str, str], *, accept: str = "application/json"):
        """The status and the body; raises nothing for an answer that is an error."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode(fields | {"csrfmiddlewaretoken": TOKEN})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookies,
            "Accept": accept,
        }
        began = time.perf_counter()
        self._connection.request("POST", url, body, headers)
        response = self._connection.getresponse()
        text = response.read()
        self.times.append(time.perf_counter() - began)
        return response.status, text
