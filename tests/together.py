"""Things done at the same moment, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connections


def together(*deeds: Callable) -> list:
    """What each deed returned or raised, in their order; all start at once.

    For tests with `transaction=True`: other connections see only what was committed.
    """
    outcomes: list = [None] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(place: int, deed: Callable) -> None:
        try:
            gate.wait(timeout=30)
            outcomes[place] = deed()
        except Exception as error:  # the test looks at what was raised
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
