"""Every error of the API as `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from grants.core.errors import Refused

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/docs/#problem-"
TITLES = {
    "invalid": _("The request is not valid."),
    "malformed": _("The request cannot be read."),
    "unauthenticated": _("Say who you are."),
    "forbidden": _("You may not do this."),
    "not-found": _("There is nothing here."),
    "method-not-allowed": _("This address does not take this method."),
    "not-acceptable": _("The API answers in JSON."),
    "refused": _("A rule says no."),
    "in-progress": _("The same request is still running."),
    "too-large": _("The request is too large."),
    "unsupported-media-type": _("This kind of content is not taken here."),
    "key-reused": _("This Idempotency-Key was used for another request."),
    "failed": _("Something went wrong on our side."),
}
KINDS: dict[type[exceptions.APIException], str] = {
    exceptions.ValidationError: "invalid",
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "unauthenticated",
    exceptions.AuthenticationFailed: "unauthenticated",
    exceptions.PermissionDenied: "forbidden",
    exceptions.NotFound: "not-found",
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
}
logger = logging.getLogger(__name__)


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "in-progress"
    default_detail = _("A request with this Idempotency-Key is still running. Try again soon.")


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "key-reused"
    default_detail = _("Send this request under a new key, or the first one just as it was.")


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too-large"
    default_detail = _("Send less at a time; files go as multipart/form-data.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field; `field` is a path such as `answers.team`, or empty."""

    field: str
    code: str
    detail: str


def listed(problems) -> list[dict[str, str]]:
    """Sentences by field as the API shows them."""
    return [
        {"field": field, "code": "refused", "detail": str(detail)}
        for field, detail in problems.items()
    ]


def handle(error: Exception, context) -> Response:
    """The response for anything that a view raises. Rules answer 409, crashes are logged."""
    if isinstance(error, Refused):
        return respond(409, "refused", error.message, listed(error.problems))
    known = _known(error)
    if known is None:
        request = context["request"]._request
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        got_request_exception.send(sender=type(context["view"]), request=request)
        failed = respond(500, "failed", _("We were told. Nothing was changed; try again later."))
        failed._has_been_logged = True  # else Django logs it a second time
        return failed
    kind = KINDS.get(type(known), known.default_code)
    errors: list[dict[str, str]] = []
    detail = known.detail
    if isinstance(known, exceptions.ValidationError):
        errors = [vars(problem) for problem in _flat(known.get_full_details())]
        detail = _("Correct what is listed and send it again.")
    response = respond(known.status_code, kind, detail, errors)
    if header := getattr(known, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound(_("Nothing of this name, or nothing that you may see."))
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError(str(error))
    return None


def _flat(details, path: str = "") -> Iterator[Problem]:
    """The leaves of DRF's nested details, each with its dotted path."""
    if isinstance(details, list):
        for number, item in enumerate(details):
            is_leaf = isinstance(item, dict) and set(item) == {"message", "code"}
            yield from _flat(item, path if is_leaf else f"{path}.{number}".lstrip("."))
    elif set(details) == {"message", "code"}:
        yield Problem(path, details["code"], str(details["message"]))
    else:
        for name, item in details.items():
            inner = path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
            yield from _flat(item, inner)


def respond(status: int, kind: str, detail, errors=()) -> Response:
    """A problem. What came from outside and is no valid text is shown as “?”."""
    body = {
        "type": TYPE_PREFIX + kind,
        "title": str(TITLES[kind]),
        "status": status,
        "detail": _printable(detail),
        "errors": [
            {name: _printable(value) for name, value in problem.items()} for problem in errors
        ],
    }
    return Response(body, status=status, content_type=CONTENT_TYPE)


def _printable(text) -> str:
    return str(text).encode("utf-8", "replace").decode()
