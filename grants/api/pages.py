"""The schema as a file, and as a page to read. Both work offline and for anybody."""

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from drf_spectacular.renderers import OpenApiJsonRenderer

from grants.api.problems import TITLES
from grants.api.reference import sections_of
from grants.api.schema import openapi

JSON, YAML = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"


@require_safe
@vary_on_headers("Accept")
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1: JSON, or YAML by `?format=yaml` or `Accept`."""
    wanted = request.GET.get("format")
    if wanted not in (None, "json", "yaml"):
        return HttpResponse(_("The formats are json and yaml."), status=400)
    accepted = request.headers.get("Accept", "")
    if wanted == "yaml" or (wanted is None and _asks_for_yaml(accepted)):
        text = yaml.safe_dump(openapi(), allow_unicode=True, sort_keys=False)
        return HttpResponse(text, content_type=YAML)
    return HttpResponse(OpenApiJsonRenderer().render(openapi()), content_type=JSON)


def _asks_for_yaml(accepted: str) -> bool:
    first = accepted.split(",")[0].partition(";")[0].strip()
    return first == YAML or first.endswith("yaml")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """All operations by resource."""
    context = {
        "sections": sections_of(openapi()),
        "problems": TITLES.items(),
        "base": f"{settings.SITE_URL}/api/v1/",
    }
    return render(request, "api/reference.html", context)
