"""OpenAPI 3.1: what the views do not say themselves, said once for all of them."""

import functools

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from grants.api import idempotency
from grants.api.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/FieldProblem"},
        },
    },
}
WORDS = {
    400: _("The request is not valid: errors names each field."),
    401: _("No key, or a wrong one."),
    403: _("You may see this, but not do it."),
    404: _("Nothing of this name, or nothing that you may see."),
    409: _("A rule says no: detail is its sentence. Or the same request is still running."),
    413: _("The request is too large."),
    415: _("This kind of content is not taken here."),
    422: _("The Idempotency-Key was used for another request."),
}


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "grants.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "http",
            "scheme": "bearer",
            "description": str(_("An API key of a person.")),
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": str(_("The session of the pages; changes need the X-CSRFToken header.")),
        }


class VerbsExtension(OpenApiSerializerFieldExtension):
    target_class = "grants.api.fields.Verbs"

    def map_serializer_field(self, auto_schema, direction):
        names = [verb.name for verb in self.target.table]
        if not names:
            return {"type": "array", "items": {"type": "string"}, "maxItems": 0}
        return {
            "type": "array",
            "items": {"type": "string", "oneOf": [{"const": name} for name in names]},
        }


class Schema(AutoSchema):
    """Names operations after resource and action, and says which errors each can answer."""

    def get_operation_id(self) -> str:
        return f"{self.view.basename}_{self.view.action}".replace("-", "_")

    def get_description(self) -> str:
        """Docstrings are for those who read the code; what is published is translated."""
        return ""

    def get_override_parameters(self):
        if self.method != "POST":
            return []
        return [
            OpenApiParameter(
                idempotency.HEADER,
                str,
                OpenApiParameter.HEADER,
                description=str(_("The same key and body are done once and answered alike.")),
            )
        ]

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        for status in self._errors():
            operation["responses"][str(status)] = {
                "description": str(WORDS[status]),
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        return operation

    def _errors(self) -> list[int]:
        found = {401, *self.view.more_errors}
        if self.view.detail:
            found.add(404)
        if self.method != "GET":
            found |= {400, 403, 409, 413, 415}
        elif self._is_list_view():
            found.add(400)
        if self.method == "POST":
            found.add(422)
        return sorted(found)


def add_problem(result, generator, request, public):
    """Adds the component that all errors refer to."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    return result


def openapi() -> dict:
    """The whole schema in the active language, made once for each process."""
    return _openapi(get_language())


@functools.lru_cache(maxsize=4)
def _openapi(language: str) -> dict:
    with translation.override(language):
        return SchemaGenerator().get_schema(request=None, public=True)
