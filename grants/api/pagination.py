"""Pages by key, newest first: no OFFSET and no COUNT, however long the list is."""

import base64
import binascii
import json
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError as NotValid
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

FORWARD, BACK = "n", "p"


class KeyPagination(BasePagination):
    """`{"next", "previous", "results"}`; a cursor holds the keys of the row at the page's edge.

    A view names its keys in `newest_first`: columns that are unique together, all descending.
    """

    cursor_param, limit_param = "cursor", "limit"
    params = (cursor_param, limit_param)
    default_limit, largest_limit = 50, 200

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        self.names = getattr(view, "newest_first", ("pk",))
        limit = self._limit()
        direction, edge = self._cursor(queryset.model)
        if direction == BACK:
            rows = queryset.filter(self._beyond(edge, "gt")).order_by(*self.names)[: limit + 1]
        else:
            ahead = self._beyond(edge, "lt") if edge else Q()
            rows = queryset.filter(ahead).order_by(*(f"-{name}" for name in self.names))
            rows = rows[: limit + 1]
        page = list(rows)
        is_more, page = len(page) > limit, page[:limit]
        if direction == BACK:
            page.reverse()
        self.next = page and (is_more or direction == BACK) and self._link(FORWARD, page[-1])
        self.previous = (
            page and (is_more if direction == BACK else bool(edge)) and self._link(BACK, page[0])
        )
        return page

    def _limit(self) -> int:
        text = self.request.query_params.get(self.limit_param, str(self.default_limit))
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.largest_limit):
            message = _("Give a number from 1 to %(most)s.") % {"most": self.largest_limit}
            raise ValidationError({self.limit_param: message})
        return int(text)

    def _cursor(self, model) -> tuple[str, list]:
        text = self.request.query_params.get(self.cursor_param)
        if text is None:
            return FORWARD, []
        try:
            direction, *edge = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
            if direction not in (FORWARD, BACK) or len(edge) != len(self.names):
                raise ValueError
            return direction, [
                self._column(model, name).to_python(value)
                for name, value in zip(self.names, edge, strict=True)
            ]
        except (ValueError, TypeError, binascii.Error, NotValid, RecursionError):
            message = _("Use the cursor of “next” or “previous”, unchanged.")
            raise ValidationError({self.cursor_param: message}) from None

    @staticmethod
    def _column(model, name: str):
        return model._meta.pk if name == "pk" else model._meta.get_field(name)

    def _beyond(self, edge: list, side: str) -> Q:
        """Rows on one side of the edge, as a row comparison would say it."""
        found, same = Q(), Q()
        for name, value in zip(self.names, edge, strict=True):
            found |= same & Q(**{f"{name}__{side}": value})
            same &= Q(**{name: value})
        return found

    def _link(self, direction: str, row) -> str:
        edge = [direction, *(str(getattr(row, name)) for name in self.names)]
        cursor = base64.urlsafe_b64encode(json.dumps(edge).encode()).decode()
        parts = urlsplit(self.request.build_absolute_uri())
        query = [pair for pair in parse_qsl(parts.query) if pair[0] != self.cursor_param]
        return urlunsplit(parts._replace(query=urlencode([*query, (self.cursor_param, cursor)])))

    def get_paginated_response(self, data):
        return Response(
            {"next": self.next or None, "previous": self.previous or None, "results": data}
        )

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view):
        numbers = {"type": "integer", "minimum": 1, "maximum": self.largest_limit}
        return [
            {
                "name": self.cursor_param,
                "in": "query",
                "description": str(_("From “next” or “previous” of another page.")),
                "schema": {"type": "string"},
            },
            {
                "name": self.limit_param,
                "in": "query",
                "description": str(_("The longest page that you want.")),
                "schema": {**numbers, "default": self.default_limit},
            },
        ]
