"""What all resources do alike: fetch what the caller may see, call a service, show the result."""

import functools
from collections.abc import Callable
from http import HTTPMethod

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ParseError, PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from grants.api import idempotency
from grants.api.fields import Body, Nothing
from grants.api.pagination import KeyPagination

REFERENCE = "[A-Z]{3}-[0-9]{4}-[0-9]{1,12}"
NUMBER = "[0-9]{1,18}"
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SLUG = "[-a-zA-Z0-9_]+"
NO_FILTER = {"format", *KeyPagination.params}


class Things(GenericViewSet):
    """Rows that `visible_to` gives. `row_class` shows one in a list where `serializer_class` is
    too much for it. `more_errors` are statuses beyond those of the method.
    """

    filterset_class: type[FilterSet] | None = None
    row_class: type[BaseSerializer] | None = None
    newest_first: tuple[str, ...] = ("pk",)
    more_errors: tuple[int, ...] = ()

    def get_queryset(self):
        return self.queryset.all().visible_to(self.request.user)

    def filter_queryset(self, queryset):
        """Filters belong to lists. One that does not exist is refused, never ignored."""
        if self.detail:
            return queryset
        known = set(self.filterset_class.base_filters) if self.filterset_class else set()
        unknown = sorted(set(self.request.query_params) - known - NO_FILTER)
        if unknown:
            raise ValidationError({name: _("There is no such filter.") for name in unknown})
        return super().filter_queryset(queryset)

    def get_serializer_class(self):
        is_list = self.action == "list" and self.row_class is not None
        return self.row_class if is_list else self.serializer_class

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method == HTTPMethod.POST and hasattr(self, "post"):
            self.post = idempotency.once(self.post, self)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def read(self, body: type[Body], *, permission: str = "", thing=None) -> dict:
        """The validated body of the request; who has no permission hears that, not what is wrong.

        Whether a right body may be acted on is the service's to say.
        """
        try:
            serializer = body(data=self.request.data, context=self.get_serializer_context())
            serializer.is_valid(raise_exception=True)
        except (ValidationError, ParseError):
            if permission and not self.request.user.has_perm(f"grants.{permission}", thing):
                raise PermissionDenied from None
            raise
        return serializer.validated_data

    def permission_of(self, verb: str) -> str:
        """The policy behind a verb, by the table of what the thing offers."""
        table = self.serializer_class().fields["verbs"].table
        return next(offer.permission for offer in table if offer.name == verb)

    def show(self, thing, *, status: int = 200) -> Response:
        """The thing as it is in the database now; 404 where the caller no longer sees it."""
        fresh = self.get_queryset().get(pk=thing.pk)
        return Response(
            self.serializer_class(fresh, context=self.get_serializer_context()).data, status
        )


class Listed:
    """`GET` of the list."""

    def list(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Shown:
    """`GET` of one thing."""

    def retrieve(self, request, *args, **kwargs):
        return Response(self.get_serializer(self.get_object()).data)


def verb(
    name: str,
    summary,
    body: type[Body] = Nothing,
    *,
    more="",
    is_last_sight: bool = False,
    request=None,
    **options,
) -> Callable:
    """`POST …/<name>/`: the method gets the thing and the validated body, and calls the service.

    Answered with the thing as it is then; with 204 where the caller sees it no more. `summary` and
    `more` are the words of the reference; `request` is its body where it is more than `body`.
    """

    def decorate(method: Callable) -> Callable:
        @functools.wraps(method)
        def post(self, _request, **kwargs):
            thing = self.get_object()
            given = self.read(body, permission=self.permission_of(name), thing=thing)
            method(self, thing, **given)
            return Response(status=204) if is_last_sight else self.show(thing)

        routed = action(detail=True, methods=["post"], url_path=name, **options)(post)
        return extend_schema(
            summary=summary,
            description=more,
            request=request or (None if body is Nothing else body),
            **({"responses": {204: None}} if is_last_sight else {}),
        )(routed)

    return decorate


class NoSuchAddress(APIView):
    """What any other address under the API answers, in the API's own form."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request, *args, **kwargs):
        raise NotFound(_("There is no such address. Addresses end with a slash."))
