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


def main() -> None:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundportal.settings")
    services = embedded.needed() if needs_services(sys.argv[1:]) else []
    with embedded.running(*services):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
