#!/usr/bin/env python
import os
import sys

from fundportal import embedded
from fundportal.env import Misconfigured

# These need no server, or see to it themselves.
ALONE = {
    "check_messages",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "up",
    "version",
}


def needs_services(arguments: list[str]) -> bool:
    if not arguments or arguments[0].startswith("-") or {"-h", "--help"} & set(arguments):
        return False
    return arguments[0] not in ALONE


def check_database(command: str) -> None:
    """Ends in words where the named database does not answer; `doctor` says it in its own."""
    from django.db import OperationalError, connection

    if command == "doctor" or "postgres" in embedded.needed():
        return
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise Misconfigured(
            f"DATABASE_URL names a database that does not answer: {reason}"
        ) from None


def execute(arguments: list[str], *, needs_database: bool) -> None:
    """Runs the command in English, whatever language the portal speaks."""
    from django.core.management import ManagementUtility
    from django.utils import translation

    class Terminal(ManagementUtility):
        def fetch_command(self, subcommand):
            command = super().fetch_command(subcommand)
            translation.activate("en")
            if needs_database:
                check_database(subcommand)
            return command

    Terminal(arguments).execute()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundportal.settings")
    needs_servers = needs_services(sys.argv[1:])
    with embedded.running(*(embedded.needed() if needs_servers else [])):
        execute(sys.argv, needs_database=needs_servers or sys.argv[1:] == ["up"])


if __name__ == "__main__":
    main()
