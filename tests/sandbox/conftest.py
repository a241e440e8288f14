import pytest

from tests.sandbox.process import Sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory):
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(running_sandbox):
    """The sandbox with an empty book, behaving well."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def own_sandbox(tmp_path):
    """A sandbox that the test may kill."""
    sandbox = Sandbox(tmp_path)
    yield sandbox
    sandbox.stop()
