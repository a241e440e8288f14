from tests.sandbox.conftest import own_sandbox, running_sandbox, sandbox

__all__ = ["own_sandbox", "running_sandbox", "sandbox"]
