"""What a service says when a rule forbids what was asked."""

from collections.abc import Mapping


class Refused(Exception):
    """A rule says no; nothing was changed.

    `message` is a full sentence that the person can act on. `problems` gives, where there are
    several, one sentence for each field or question key. Pages show it beside the field or as a
    message; the API answers it with 409.
    """

    def __init__(self, message, *, field: str = "", problems: Mapping[str, str] | None = None):
        super().__init__(message)
        self.message = message
        self.problems = dict(problems or ({field: message} if field else {}))

    def __str__(self) -> str:
        return str(self.message)
