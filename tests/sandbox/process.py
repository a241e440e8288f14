"""A sandbox in a process of its own, on a free port, for the tests to talk to and to kill."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from fundportal.sandbox import APP_ID, keys
from grants.payouts.rails import rsa2
from grants.payouts.rails.alipay import AlipayRail

# Kept, because each new client reads the certificates anew; without kept connections, because what
# it talks to is killed.
HTTP = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


class Sandbox:
    def __init__(self, folder: Path, *, notify: str = ""):
        self.notify = notify
        self.folder, self.keys = folder / "sandbox", folder / "keys"
        keys.ensure(self.keys)
        self.port = 0
        self._rails: list[AlipayRail] = []
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--dir", str(self.folder)]
        options += ["--notify", self.notify] if self.notify else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fundportal.sandbox", *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self.process.stdout.readline().split()[2].rstrip("/")
        self.port = urlsplit(self.url).port

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.wait(10)
        self.process.stdout.close()

    def stop(self) -> None:
        for rail in self._rails:
            rail.close()
        if self.process.poll() is None:
            self.kill()

    def rail(self, *, timeout_s: float = 5, ours: str = "portal", theirs: str = "gateway"):
        rail = AlipayRail(
            gateway=f"{self.url}/gateway.do",
            app_id=APP_ID,
            private_key=self.private_key(ours),
            public_key=rsa2.public_key((self.keys / f"{theirs}-public.pem").read_bytes()),
            timeout_s=timeout_s,
        )
        self._rails.append(rail)
        return rail

    def private_key(self, owner: str = "portal"):
        return rsa2.private_key((self.keys / f"{owner}-private.pem").read_bytes())

    def misbehave(self, kind: str, **more: Any) -> int:
        response = HTTP.post(f"{self.url}/control/faults", json={"kind": kind, **more})
        assert response.status_code == 201, response.text
        return response.json()["id"]

    def behave(self) -> None:
        HTTP.delete(f"{self.url}/control/faults").raise_for_status()

    def reset(self) -> None:
        HTTP.post(f"{self.url}/control/reset").raise_for_status()

    def book(self, **query: Any) -> dict[str, Any]:
        return HTTP.get(f"{self.url}/control/book", params=query).json()

    def numbers(self) -> list[str]:
        """The number of every transfer in the book."""
        return [transfer["out_biz_no"] for transfer in self.book()["transfers"]]

    def give_back(self, number: str, reason: str = "") -> httpx.Response:
        fields = {"out_biz_no": number, "reason": reason}
        return HTTP.post(f"{self.url}/control/return", json=fields)

    def wait_for_status(self, number: str, status: str) -> None:
        """Until the book has the transfer in that status; ten seconds at most."""
        until = time.monotonic() + 10
        while [row["status"] for row in self.book(out_biz_no=number)["transfers"]] != [status]:
            assert time.monotonic() < until, self.book(out_biz_no=number)
            time.sleep(0.02)
