"""The settings that come from the environment: typed, and a sentence when one is wrong."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from dj_database_url import DBConfig
from dj_database_url import parse as parse_database
from environs import Env, EnvError

ROOT = Path(__file__).resolve().parent.parent

env = Env(expand_vars=False)
# What the environment says wins over the file. ENV_FILE names another file, or none.
if ENV_FILE := os.environ.get("ENV_FILE", str(ROOT / ".env")):
    env.read_env(ENV_FILE, recurse=False)


class Misconfigured(SystemExit):
    """A setting is missing or wrong: the process ends with the sentence, not with a traceback."""


def read(kind: str, name: str, *args, **kwargs):
    """The value of an environment variable as `kind` ("bool", "int", "str", "list"…).

    An empty value counts as not set. Raises `Misconfigured` that names the variable.
    """
    if env.str(name, "") == "":
        if not args and "default" not in kwargs:
            raise Misconfigured(f"{name} must be set. See .env.example for what it means.")
        return args[0] if args else kwargs["default"]
    try:
        return getattr(env, kind)(name, *args, **kwargs)
    except (EnvError, ValueError) as error:
        raise Misconfigured(f"{name} cannot be used: {error}") from None


def number(name: str, default, *, least, most):
    """A number of the kind of `default`, whole or not, within its bounds."""
    text = read("str", name, "")
    try:
        value = type(default)(text) if text else default
        is_right = least <= value <= most
    except ValueError:
        is_right = False
    if not is_right:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise Misconfigured(f"{name} must be {kind} from {least} to {most}, not “{text}”.")
    return value


def choice(name: str, default: str, options: Sequence[str]) -> str:
    value = read("str", name, default).upper()
    if value not in options:
        raise Misconfigured(f"{name} must be one of {', '.join(options)}.")
    return value


def address(name: str, default: str = "", *, like: Sequence[str], path: str = ".*") -> str:
    """A URL with the scheme of one of the examples `like`, whose path fits the pattern `path`.

    The sentence does not repeat the value, which may hold a password.
    """
    value = read("str", name, "")
    if not value:
        return default
    schemes = {example.partition(":")[0] for example in like}
    try:
        parts = urlsplit(value)
        names_a_port = parts.port != 0
    except ValueError:
        names_a_port = False
    if (
        not names_a_port
        or parts.scheme not in schemes
        or not (parts.path if parts.scheme == "unix" else parts.hostname)
        or (parts.scheme != "unix" and not re.fullmatch(path, parts.path))
        or re.search(r"\s", value)
    ):
        raise Misconfigured(f"{name} must be an address such as {' or '.join(like)}.")
    return value


def database(name: str, default: str) -> DBConfig:
    """A PostgreSQL database; it has ten seconds to take a connection."""
    try:
        found = parse_database(read("str", name, default))
    except ValueError:
        found = DBConfig()
    if found.get("ENGINE") != "django.db.backends.postgresql" or not found.get("NAME"):
        raise Misconfigured(f"{name} must name a PostgreSQL database (postgres://…/name).")
    return found | {"OPTIONS": {"connect_timeout": 10} | found.get("OPTIONS", {})}


def mailbox(name: str) -> str:
    """An address such as reply@fund.example.org, or none. What comes before @ stays short: a token
    is added to it, and both together may have 64 characters.
    """
    value = read("str", name, "").lower()
    if value and not re.fullmatch(r"[a-z0-9._-]{1,12}@[a-z0-9-]+(\.[a-z0-9-]+)+", value):
        raise Misconfigured(
            f"{name} must be a mail address such as reply@fund.example.org, with at most 12"
            " characters before the @."
        )
    return value


def secrets(
    name: str, *, least: int, debug: bool = False, several: bool = False, needed: bool = True
) -> list[str]:
    """One random text of at least `least` characters, or `several`, separated by commas.

    In development a fixed one stands in where none is set; one that is not `needed` may be empty.
    """
    value = read("str", name, "")
    if not value and not needed:
        return [""]
    if debug and not value:
        return [f"development-only-{name.lower()}-" + "0" * least]
    found = value.split(",") if several else [value]
    if any(len(text) < least or len(set(text)) < 8 for text in found) or (
        not debug and value.startswith("development-only-")
    ):
        texts = "random texts, separated by commas, each" if several else "a random text"
        when = "" if value else " when DEBUG is off"
        raise Misconfigured(f"{name} must be set to {texts} of at least {least} characters{when}.")
    return found
