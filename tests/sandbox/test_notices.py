"""The gateway tells of its transfers, signed, until it is told `success`."""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from fundportal.sandbox import APP_ID
from grants.payouts.rails import notify
from grants.payouts.rails.notify import BadNotice, Notice
from tests.sandbox.process import HTTP, Sandbox
from tests.sandbox.requests import pay


class Portal(HTTPServer):
    """Takes notifications and answers with `says`; `bodies` is what came."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status, self.says = 200, b"success"
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/alipay/notify/"

    def wait_for(self, count: int) -> list[bytes]:
        """Until so many came; ten seconds at most."""
        until = time.monotonic() + 10
        while len(self.bodies) < count:
            assert time.monotonic() < until, self.bodies
            time.sleep(0.02)
        return self.bodies


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.says)))
        self.end_headers()
        self.wfile.write(self.server.says)
        self.server.bodies.append(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    portal = Portal()
    sandbox = Sandbox(tmp_path_factory.mktemp("notices"), notify=portal.url)
    yield sandbox, portal
    sandbox.stop()
    portal.shutdown()
    portal.server_close()


@pytest.fixture
def sandbox(running):
    sandbox, portal = running
    sandbox.reset()
    time.sleep(0.1)
    portal.status, portal.says = 200, b"success"
    portal.bodies.clear()
    return sandbox


@pytest.fixture
def portal(running):
    return running[1]


def read(sandbox, body: bytes) -> Notice:
    key = sandbox.private_key("gateway").public_key()
    return notify.opened(body, key=key, app_id=APP_ID)


def told(sandbox, portal, count: int) -> list[tuple[str, str]]:
    notices = [read(sandbox, body) for body in portal.wait_for(count)]
    return [(notice.number, notice.fields["status"]) for notice in notices]


def notices(sandbox, number: str = "PAY-1") -> list[tuple[int, str, bool]]:
    """How often each notification of a number was tried, its last answer, whether it waits."""
    rows = sandbox.book(out_biz_no=number)["notices"]
    return [(row["tries"], row["answer"], row["due_at"] is not None) for row in rows]


def wait_until(what, is_so) -> Any:
    until = time.monotonic() + 10
    while not is_so(value := what()):
        assert time.monotonic() < until, value
        time.sleep(0.02)
    return value


def test_it_tells_of_a_transfer_with_its_amount_by_rule_one(sandbox, portal):
    pay(sandbox)

    (body,) = portal.wait_for(1)

    notice = read(sandbox, body)
    assert notice.rule == "V1"
    assert notice.fields["trans_amount"] == "120.00"
    assert (notice.number, notice.fields["status"]) == ("PAY-1", "SUCCESS")
    wait_until(lambda: notices(sandbox), lambda rows: rows == [(1, "success", False)])


def test_it_tells_how_a_transfer_under_way_was_settled_and_that_money_came_back(sandbox, portal):
    sandbox.misbehave("dealing", then="FAIL", seconds="0.1", count=1)
    pay(sandbox)
    pay(sandbox, "PAY-2")
    told(sandbox, portal, 2)
    sandbox.give_back("PAY-2")

    assert sorted(told(sandbox, portal, 3)) == [
        ("PAY-1", "FAIL"),
        ("PAY-2", "REFUND"),
        ("PAY-2", "SUCCESS"),
    ]
    failed = next(
        notice
        for notice in (read(sandbox, body) for body in portal.bodies)
        if notice.number == "PAY-1"
    )
    assert failed.fields["error_code"] == "PAYEE_ACCOUNT_STATUS_ERROR"


@pytest.mark.parametrize(("status", "says"), [(200, b"failure"), (200, b"success\n"), (400, b"x")])
def test_it_tells_again_until_the_portal_says_success(sandbox, portal, status, says):
    portal.status, portal.says = status, says
    pay(sandbox)
    portal.wait_for(1)
    portal.status, portal.says = 200, b"success"

    assert told(sandbox, portal, 2) == [("PAY-1", "SUCCESS")] * 2
    first, second = (read(sandbox, body).id for body in portal.bodies)
    assert first == second
    wait_until(lambda: notices(sandbox), lambda rows: rows == [(2, "success", False)])


def test_duplicate_has_the_same_id(sandbox, portal):
    sandbox.misbehave("notify_twice", count=1)
    pay(sandbox)

    first, second = (read(sandbox, body).id for body in portal.wait_for(2))

    assert first == second


def test_forged_one_does_not_verify_and_is_then_told_rightly(sandbox, portal):
    sandbox.misbehave("notify_forged", count=1)
    portal.says = b"failure"
    pay(sandbox)
    (body,) = portal.wait_for(1)
    portal.says = b"success"

    with pytest.raises(BadNotice, match="signature"):
        read(sandbox, body)
    assert read(sandbox, portal.wait_for(2)[1]).number == "PAY-1"


def test_late_one_waits_and_none_is_never_told(sandbox, portal):
    sandbox.misbehave("notify_never", out_biz_no="PAY-1")
    sandbox.misbehave("notify_late", out_biz_no="PAY-2", seconds="1")
    for number in ("PAY-1", "PAY-2", "PAY-3"):
        pay(sandbox, number)

    assert told(sandbox, portal, 2) == [("PAY-3", "SUCCESS"), ("PAY-2", "SUCCESS")]
    assert notices(sandbox) == []


def test_the_last_news_is_told_again_on_demand(sandbox, portal):
    pay(sandbox)
    portal.wait_for(1)

    asked = HTTP.post(f"{sandbox.url}/control/notify", json={"out_biz_no": "PAY-1"})

    assert asked.status_code == 202
    first, second = (read(sandbox, body).id for body in portal.wait_for(2))
    assert first == second
    nobody = HTTP.post(f"{sandbox.url}/control/notify", json={"out_biz_no": "PAY-9"})
    assert nobody.status_code == 409


def test_the_page_says_where_it_tells_and_what_came_back(sandbox, portal):
    portal.says = b"<b>no</b>"
    pay(sandbox)
    wait_until(lambda: notices(sandbox), lambda rows: rows and rows[0][0] > 0)

    page = HTTP.get(sandbox.url).text

    assert portal.url in page
    assert "200 &lt;b&gt;no&lt;/b&gt;" in page


def test_what_was_not_told_is_told_after_a_kill(tmp_path):
    portal = Portal()
    portal.says = b"failure"
    sandbox = Sandbox(tmp_path, notify=portal.url)
    try:
        pay(sandbox)
        portal.wait_for(1)
        sandbox.kill()
        portal.says = b"success"
        sandbox.start()
        portal.wait_for(2)
        wait_until(lambda: notices(sandbox)[0][1], lambda answer: answer == "success")
    finally:
        sandbox.stop()
        portal.shutdown()
        portal.server_close()


def test_a_portal_that_is_not_there_is_told_later(tmp_path):
    sandbox = Sandbox(tmp_path, notify="http://127.0.0.1:9/alipay/notify/")
    try:
        pay(sandbox)
        rows = wait_until(lambda: notices(sandbox), lambda rows: rows[0][0] > 0)
        assert rows[0][1:] == ("ConnectError", True)
    finally:
        sandbox.stop()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "notify_late", "on": "transfer"},
        {"kind": "notify_twice", "on": "any"},
        {"kind": "reset", "on": "notify"},
        {"kind": "notify_never", "when": "before"},
    ],
)
def test_faults_of_notices_and_of_calls_do_not_mix(sandbox, wrong):
    assert HTTP.post(f"{sandbox.url}/control/faults", json=wrong).status_code == 400
