import pytest

from tests.sandbox.process import Sandbox


@pytest.fixture(scope="session")
def _sandbox_process(tmp_path_factory):
    sandbox = Sandbox(tmp_path_factory.mktemp("payouts"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def gateway(_sandbox_process, settings):
    """The payment sandbox with an empty book, and the portal's rail leading to it."""
    _sandbox_process.reset()
    settings.PAYOUT_RAIL = "sandbox"
    settings.ALIPAY_GATEWAY_URL = f"{_sandbox_process.url}/gateway.do"
    settings.ALIPAY_PRIVATE_KEY_FILE = str(_sandbox_process.keys / "portal-private.pem")
    settings.ALIPAY_PUBLIC_KEY_FILE = str(_sandbox_process.keys / "gateway-public.pem")
    settings.ALIPAY_TIMEOUT_S = 10.0
    settings.RAIL_NOT_FOUND_IS_FINAL_S = 0.0
    return _sandbox_process
