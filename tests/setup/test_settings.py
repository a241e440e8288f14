"""A setting that is wrong ends every process with one sentence that names it."""

import subprocess
import sys

import pytest

from tests.environment import ROOT
from tests.setup.portal import environment

DATABASE = "DATABASE_URL must name a PostgreSQL database (postgres://…/name)."
REDIS = (
    "REDIS_URL must be an address such as redis://host:6379/0 or rediss://host:6379/0 "
    "or unix:///run/redis.sock?db=0."
)
SITE = "SITE_URL must be an address such as https://fund.example.org or http://127.0.0.1:8000."
GATEWAY = (
    "ALIPAY_GATEWAY_URL must be an address such as https://openapi.alipay.com/gateway.do "
    "or http://127.0.0.1:9000/gateway.do."
)
TIMEOUT = "ALIPAY_TIMEOUT_S must be a number from 0.1 to 300, not “{}”."
FINAL = "RAIL_NOT_FOUND_IS_FINAL_S must be a number from 0 to 604800, not “{}”."
BYTES = "DOCUMENT_MAX_BYTES must be a whole number from 1048576 to 1073741824, not “{}”."
PORT = "PORT must be a whole number from 1 to 65535, not “{}”."
NUMBERS = {
    "ALIPAY_TIMEOUT_S": (TIMEOUT, ["-1", "0", "nan", "inf", "soon"]),
    "RAIL_NOT_FOUND_IS_FINAL_S": (FINAL, ["-1", "nan"]),
    "DOCUMENT_MAX_BYTES": (BYTES, ["-1", "0", "1000", "1.5"]),
    "PORT": (PORT, ["99999", "-1", "0", "http"]),
}
KEYS = (
    "FIELD_ENCRYPTION_KEYS must be set to random texts, separated by commas, "
    "each of at least 43 characters."
)
REPLY = (
    "REPLY_ADDRESS must be a mail address such as reply@fund.example.org, "
    "with at most 12 characters before the @."
)
LONG = "abcdefghijklmnopqrstuvwxyz" * 2
WRONG = [
    *[
        (name, value, sentence.format(value))
        for name, (sentence, values) in NUMBERS.items()
        for value in values
    ],
    *[("REDIS_URL", value, REDIS) for value in ("foo", "redis://", "redis://h/x", "redis://h:0")],
    *[("SITE_URL", value, SITE) for value in ("foo", "ftp://fund.example", "http://a b")],
    *[("ALIPAY_GATEWAY_URL", value, GATEWAY) for value in ("foo", "https://h:99999/gateway.do")],
    *[("FIELD_ENCRYPTION_KEYS", value, KEYS) for value in ("short", f"{LONG},short", "a" * 60)],
    ("REPLY_ADDRESS", "fund", REPLY),
    ("REPLY_ADDRESS", "a-name-too-long@fund.example.org", REPLY),
    (
        "INBOUND_MAIL_TOKEN",
        "short",
        "INBOUND_MAIL_TOKEN must be set to a random text of at least 32 characters.",
    ),
    ("SECRET_KEY", "short", "SECRET_KEY must be set to a random text of at least 50 characters."),
    ("LOG_LEVEL", "NOPE", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
    *[("DATABASE_URL", value, DATABASE) for value in ("foo", "sqlite:///x", "postgres://host")],
    ("DATABASE_URL", "postgres://host:99999/x", DATABASE),
    ("VAR_DIR", "/proc/x", "VAR_DIR cannot be used: /proc/x: No such file or directory."),
    ("VAR_DIR", "/dev/null/x", "VAR_DIR cannot be used: /dev/null/x/run: Not a directory."),
]


def run(folder, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_wrong_setting_is_named_in_a_sentence(tmp_path, name, value, sentence):
    ended = run(tmp_path, "-c", "import fundportal.settings", **{name: value})

    assert (ended.returncode, ended.stderr) == (1, sentence + "\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://:secret@cache.example:6380/3"),
        ("REDIS_URL", "unix:///run/redis.sock?db=2"),
        ("SITE_URL", "https://fund.example.org:8443/"),
        ("DATABASE_URL", "postgres://u:p@db.example:5433/portal?sslmode=require"),
        ("DATABASE_URL", "postgres://portal@%2Frun%2Fpostgresql/portal"),
        ("LOG_LEVEL", "warning"),
        ("FIELD_ENCRYPTION_KEYS", f"{LONG},{LONG[::-1]}"),
        ("RAIL_NOT_FOUND_IS_FINAL_S", "0"),
    ],
)
def test_right_setting_is_taken(tmp_path, name, value):
    ended = run(tmp_path, "-c", "import fundportal.settings", **{name: value})

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("command", ["migrate", "up", "check_books"])
def test_database_that_nobody_answers_is_named(tmp_path, command):
    nobody = {"DATABASE_URL": "postgres://u:secret@127.0.0.1:1/x"}
    nobody["REDIS_URL"] = "redis://127.0.0.1:1/0"

    ended = run(tmp_path, "manage.py", command, **nobody)

    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_URL names a database that does not answer: ")
    assert ended.stderr.count("\n") == 1
    assert "secret" not in ended.stderr
