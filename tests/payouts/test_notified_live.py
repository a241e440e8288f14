"""The sandbox and the portal, each a server of its own: one tells, the other books."""

import time

import pytest

from grants.payouts.services.sending import send_prepared
from tests.payouts.test_notified import ADDRESS, calls
from tests.payouts.way import differences, released, standing
from tests.sandbox.process import Sandbox


@pytest.mark.django_db(transaction=True)
def test_the_sandbox_tells_the_portal_what_its_lost_answer_said(
    gateway, settings, live_server, tmp_path
):
    """Over real HTTP, without a single question."""
    sandbox = Sandbox(tmp_path, notify=f"{live_server.url}{ADDRESS}")
    settings.ALIPAY_GATEWAY_URL = f"{sandbox.url}/gateway.do"
    settings.ALIPAY_PRIVATE_KEY_FILE = str(sandbox.keys / "portal-private.pem")
    settings.ALIPAY_PUBLIC_KEY_FILE = str(sandbox.keys / "gateway-public.pem")
    try:
        released()
        sandbox.misbehave("reset", when="after", count=1)
        sandbox.misbehave("notify_forged", count=1)
        send_prepared()
        until = time.monotonic() + 10
        while standing() != [("paid", "succeeded")]:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        sandbox.stop()

    assert calls() == [("send", "unknown"), ("notify", "paid")]
    assert differences() == []
