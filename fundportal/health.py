"""`/healthz`: this process answers. `/readyz`: what it needs answers too."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from fundportal.cache import probe


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    checks = {name: check() for name, check in CHECKS.items()}
    is_ready = all(answer == "ok" for answer in checks.values())
    state = "ready" if is_ready else "not ready"
    return JsonResponse({"status": state} | checks, status=200 if is_ready else 503)


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def broker() -> str:
    # The broker and the cache are the same Redis; a write reaches further than a ping does: it
    # fails when the server may not write.
    try:
        probe()
    except (RedisError, OSError):
        return "does not answer"
    return "ok"


def migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return f"{len(pending)} to apply" if pending else "ok"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "broker": broker,
    "migrations": migrations,
}
