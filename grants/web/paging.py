"""Lists by pages that start at a key: no counting, no offset, and no row shown twice."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet


@dataclass(frozen=True)
class Page:
    """`previous` and `following` are query strings, or None at the ends."""

    rows: list
    previous: str | None
    following: str | None


def _key(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdecimal() and len(raw) < 19 else None


def newest_first(queryset: QuerySet, request, *, size: int = 25) -> Page:
    """The page that `?before=<id>` or `?after=<id>` asks for, newest first. One query."""
    before, after = _key(request.GET.get("before")), _key(request.GET.get("after"))
    if after is not None:
        found = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        rows, has_newer, has_older = found[:size][::-1], len(found) > size, True
    else:
        older = queryset if before is None else queryset.filter(pk__lt=before)
        found = list(older.order_by("-pk")[: size + 1])
        rows, has_newer, has_older = found[:size], before is not None, len(found) > size
    kept = {name: value for name, value in request.GET.items() if name not in ("before", "after")}
    return Page(
        rows,
        "?" + urlencode(kept | {"after": rows[0].pk}) if rows and has_newer else None,
        "?" + urlencode(kept | {"before": rows[-1].pk}) if rows and has_older else None,
    )
