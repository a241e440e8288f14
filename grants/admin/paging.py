"""Pages of a list by key: no OFFSET, no COUNT."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

PAGE = 30
LONGEST_KEY = 19


@dataclass(frozen=True)
class Slice:
    """The rows of one page, newest first, and the links of `{% pager %}` (None: there is none)."""

    rows: Sequence
    previous: str | None
    following: str | None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(request, queryset: QuerySet, *, size: int = PAGE) -> Slice:
    """The page that `?before=<pk>` or `?after=<pk>` asks for, of a queryset with a number as pk."""
    before, after = key_in(request, "before"), key_in(request, "after")
    if after:
        rows = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        newer, older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        older_than = {"pk__lt": before} if before else {}
        rows = list(queryset.filter(**older_than).order_by("-pk")[: size + 1])
        newer, older = bool(older_than), len(rows) > size
        rows = rows[:size]
    return Slice(
        rows,
        _link(request, "after", rows[0].pk) if rows and newer else None,
        _link(request, "before", rows[-1].pk) if rows and older else None,
    )


def key_in(request, name: str) -> str:
    """The key that was asked for; what cannot be one asks for nothing."""
    text = request.GET.get(name, "")
    return text if text.isdecimal() and len(text) <= LONGEST_KEY else ""


def _link(request, name: str, key) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = key
    return f"{request.path}?{query.urlencode()}"
