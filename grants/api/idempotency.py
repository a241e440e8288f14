"""`Idempotency-Key`: a POST that is sent twice is done once.

The key's row is written in the transaction of what the request does: a crash takes both back. Kept
is what the service answered, done (2xx) or refused by a rule (409). What never reached a rule (400,
401, 403, 404, 413, 415) and our own failures (5xx) changed nothing and leave the key free.
"""

import hashlib
from collections.abc import Callable, Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer

from grants.accounts.models import IdempotentCall
from grants.api.problems import Conflict, KeyReused, handle
from grants.core.digest import canonical
from grants.core.errors import Refused

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255


def key_of(request) -> str | None:
    """The key, None where none was sent. Raises ValidationError for one that cannot be used."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip()
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise ValidationError({HEADER: _("Send 1 to 255 printable ASCII characters.")})
    return key


def once(handler: Callable, view) -> Callable:
    """The handler, done once for each key of a person."""

    def answer(request, *args, **kwargs):
        key = key_of(request)
        if key is None:
            return handler(request, *args, **kwargs)
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            _refuse_while_running(request.user, key)
            earlier = IdempotentCall.objects.filter(user=request.user, key=key).first()
            if earlier is not None:
                return _again(earlier, fingerprint)
            response = _answer(handler, view, request, *args, **kwargs)
            body = JSONRenderer().render(response.data) if response.data is not None else b""
            call = IdempotentCall.objects.create(
                user=request.user,
                key=key,
                fingerprint=fingerprint,
                status=response.status_code,
                body=body.decode(),
                content_type=response.content_type or "application/json",
            )
        return _response(call)

    return answer


def _answer(handler: Callable, view, request, *args, **kwargs):
    try:
        with transaction.atomic():
            return handler(request, *args, **kwargs)
    except Refused as refusal:
        return handle(refusal, {"view": view, "request": request})


def _refuse_while_running(user, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{user.pk}:{key}"]
        )
        if not cursor.fetchone()[0]:
            raise Conflict


def _fingerprint(request) -> str:
    """A keyed hash over method, address and content; files count by their bytes."""
    content = {
        "method": request.method,
        "path": request.get_full_path(),
        "body": _plain(request.data),
    }
    return salted_hmac(__name__, canonical(content), algorithm="sha256").hexdigest()


def _plain(value):
    if isinstance(value, UploadedFile):
        return {"name": value.name, "sha256": _sha256(value)}
    if hasattr(value, "lists"):
        return {_plain(name): [_plain(item) for item in items] for name, items in value.lists()}
    if isinstance(value, Mapping):
        return {_plain(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _sha256(upload: UploadedFile) -> str:
    found = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        found.update(chunk)
    upload.seek(0)
    return found.hexdigest()


def _again(call: IdempotentCall, fingerprint: str) -> HttpResponse:
    if call.fingerprint != fingerprint:
        raise KeyReused
    response = _response(call)
    response[REPLAYED] = "true"
    return response


def _response(call: IdempotentCall) -> HttpResponse:
    response = HttpResponse(call.body, status=call.status, content_type=call.content_type)
    if not call.body:
        del response["Content-Type"]
    return response
