"""State machines of hypothesis on the database: each example in a savepoint that is undone."""

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

# A failure is told as it was found: each step of shrinking it would be an example more.
BOUNDED = settings(
    phases=(Phase.explicit, Phase.generate),
    database=None,
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class OnDatabase(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._example = transaction.atomic()
        self._example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._example.__exit__(None, None, None)


def drive(machine: type[OnDatabase], *, steps: int = BOUNDED.stateful_step_count) -> None:
    run_state_machine_as_test(machine, settings=settings(BOUNDED, stateful_step_count=steps))
