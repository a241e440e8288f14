from collections.abc import Callable
from pathlib import Path

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from fundportal import embedded, health
from fundportal.cache import probe
from fundportal.celery import app
from fundportal.env import read
from grants.applications import clamd


class Missing(Exception):
    """What is missing, and what to do about it."""


class Command(BaseCommand):
    help = "Says what is configured, reachable and missing; exit 1 when something is missing."
    requires_system_checks = []

    def handle(self, **options):
        missing = 0
        for name, check in CHECKS.items():
            try:
                line = f"{self.style.SUCCESS('ok     ')}  {name:<13} {check()}"
            except Missing as reason:
                missing += 1
                line = f"{self.style.ERROR('missing')}  {name:<13} {reason}"
            self.stdout.write(line)
        if missing:
            raise CommandError(f"{missing} of {len(CHECKS)} are missing.")
        self.stdout.write("Everything is there.")


def check_secrets() -> str:
    for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS"):
        if not read("str", name, ""):
            return f"{name} is not set: a fixed one for development stands in for it."
    return "SECRET_KEY and FIELD_ENCRYPTION_KEYS are set."


def check_mode() -> str:
    if settings.DEBUG:
        return "Development (DEBUG is on): demo passwords work, errors show their causes."
    return f"Production, for {', '.join(settings.ALLOWED_HOSTS)}."


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except DatabaseError as error:
        raise Missing(f"PostgreSQL does not answer: {' '.join(str(error).split())}") from None
    return f"PostgreSQL {version}, {place('postgres')}."


def check_migrations() -> str:
    answer = health.migrations()
    if answer == "unknown":
        raise Missing("It is unknown which ones are applied.")
    if answer != "ok":
        raise Missing(f"{answer}. Run `python manage.py migrate`.")
    return "All are applied."


def check_redis() -> str:
    try:
        probe()
    except (RedisError, OSError) as error:
        raise Missing(f"Redis does not answer: {error}") from None
    return f"Redis takes writes, {place('valkey')}."


def place(service: str) -> str:
    variable = embedded.SERVICES[service]
    return "the portal's own" if service in embedded.needed() else f"named by {variable}"


def check_worker() -> str:
    try:
        answers = app.control.inspect(timeout=2).ping() or {}
    except (OSError, OperationalError) as error:
        raise Missing(f"The broker does not answer: {error}") from None
    if not answers:
        raise Missing(
            "No Celery worker answers: nothing is paid, sent or notified. Start the portal with "
            "`make run`, or a worker with `celery -A fundportal worker`."
        )
    return f"{', '.join(sorted(answers))} answers."


def check_gateway() -> str:
    is_ours = not read("str", "ALIPAY_GATEWAY_URL", "")
    address = settings.ALIPAY_GATEWAY_URL
    if is_ours:
        address = address.replace("/gateway.do", "/healthz")
    try:
        httpx.get(address, timeout=settings.ALIPAY_TIMEOUT_S)
    except httpx.HTTPError as error:
        hint = " `make run` starts it." if is_ours else ""
        raise Missing(f"{address} does not answer: {error}.{hint}") from None
    return f"{settings.ALIPAY_GATEWAY_URL} answers{' (the local sandbox)' if is_ours else ''}."


def check_gateway_keys() -> str:
    for name in ("ALIPAY_PRIVATE_KEY_FILE", "ALIPAY_PUBLIC_KEY_FILE"):
        path = Path(getattr(settings, name))
        if not path.is_file():
            raise Missing(f"{path} is not there ({name}).")
    return "The keys that sign and verify are there."


def check_mail() -> str:
    if not settings.EMAIL_URL:
        return f"Mails are written to {settings.EMAIL_FILE_PATH} (EMAIL_URL is not set)."
    try:
        mail = get_connection()
        mail.open()
        mail.close()
    except OSError as error:
        raise Missing(f"The mail server does not take a connection: {error}.") from None
    return "The mail server takes connections."


def check_storage() -> str:
    try:
        name = default_storage.save("doctor/probe", ContentFile(b"probe"))
        default_storage.delete(name)
    except (OSError, BotoCoreError, ClientError) as error:
        raise Missing(f"Documents cannot be stored: {error}") from None
    bucket = read("str", "S3_BUCKET", "")
    return f"They can be stored in {f'the bucket {bucket}' if bucket else settings.MEDIA_ROOT}."


def check_scanner() -> str:
    if not settings.CLAMAV_URL:
        return "Files are not scanned for viruses and count as clean (CLAMAV_URL is not set)."
    try:
        return f"{clamd.ping(settings.CLAMAV_URL)} answers."
    except clamd.Silent as silence:
        raise Missing(
            f"ClamAV does not answer at {settings.CLAMAV_URL}: {silence}. Files stay in quarantine."
        ) from None


def check_translations() -> str:
    for source in settings.BASE_DIR.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            raise Missing(f"{source} is not compiled. Run `python -m fundportal.prepare`.")
    return "They are compiled."


def check_front_end() -> str:
    for _prefix, folder in settings.STATICFILES_DIRS:
        if not Path(folder).is_dir():
            raise Missing(f"{folder} is not there. Run `make run` once, or `npm ci`.")
    return "Its packages are installed."


CHECKS: dict[str, Callable[[], str]] = {
    "mode": check_mode,
    "secrets": check_secrets,
    "database": check_database,
    "migrations": check_migrations,
    "redis": check_redis,
    "worker": check_worker,
    "gateway": check_gateway,
    "gateway keys": check_gateway_keys,
    "mail": check_mail,
    "documents": check_storage,
    "virus scanner": check_scanner,
    "translations": check_translations,
    "front end": check_front_end,
}
