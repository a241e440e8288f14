#!/usr/bin/env python
import os
import sys

from fundportal import embedded

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


def execute(arguments: list[str]) -> None:
    """Runs the command in English, whatever language the portal speaks."""
    from django.core.management import ManagementUtility
    from django.utils import translation

    class Terminal(ManagementUtility):
        def fetch_command(self, subcommand):
            command = super().fetch_command(subcommand)
            translation.activate("en")
            return command

    Terminal(arguments).execute()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundportal.settings")
    services = embedded.needed() if needs_services(sys.argv[1:]) else []
    with embedded.running(*services):
        execute(sys.argv)


if __name__ == "__main__":
    main()
