"""The settings that come from the environment: typed, and a sentence when one is wrong."""

import os
from pathlib import Path

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


def secret(name: str, *, debug: bool, least: int = 50) -> str:
    """A secret of at least `least` characters; in development a fixed one stands in for it."""
    value = read("str", name, "")
    if debug:
        return value or f"development-only-{name.lower()}-" + "0" * least
    if len(value) < least or len(set(value)) < 8 or value.startswith("development-only-"):
        raise Misconfigured(
            f"{name} must be set to a random text of at least {least} characters when DEBUG is off."
        )
    return value
