import pytest

from tests.browser.conftest import axe, browser, complaints, open_page, sign_in
from tests.sandbox.conftest import running_sandbox, sandbox

__all__ = [
    "axe",
    "browser",
    "complaints",
    "gateway",
    "open_page",
    "running_sandbox",
    "sandbox",
    "sign_in",
]


@pytest.fixture
def gateway(sandbox, settings):
    """The sandbox, to which this process pays."""
    settings.ALIPAY_GATEWAY_URL = f"{sandbox.url}/gateway.do"
    settings.ALIPAY_PRIVATE_KEY_FILE = str(sandbox.keys / "portal-private.pem")
    settings.ALIPAY_PUBLIC_KEY_FILE = str(sandbox.keys / "gateway-public.pem")
    return sandbox
