"""Pages of a list by key: no OFFSET, no COUNT."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

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


def page_of(request, queryset: QuerySet, *, size: int = PAGE, by: str = "") -> Slice:
    """The page that `?before=<pk>` or `?after=<pk>` asks for, of a queryset with a number as pk.

    `by` names a column of instants to order by first; then the key is `<microseconds>.<pk>`.
    """
    before, after = (_key(request, name, by) for name in ("before", "after"))
    columns = [by, "pk"] if by else ["pk"]
    if after:
        rows = list(queryset.filter(_beyond(after, by, "gt")).order_by(*columns)[: size + 1])
        newer, older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        older_than = _beyond(before, by, "lt") if before else Q()
        descending = [f"-{column}" for column in columns]
        rows = list(queryset.filter(older_than).order_by(*descending)[: size + 1])
        newer, older = bool(before), len(rows) > size
        rows = rows[:size]
    return Slice(
        rows,
        _link(request, "after", _key_of(rows[0], by)) if rows and newer else None,
        _link(request, "before", _key_of(rows[-1], by)) if rows and older else None,
    )


def key_in(request, name: str) -> str:
    """The key that was asked for; what cannot be one asks for nothing."""
    return _number(request.GET.get(name, ""))


def _number(text: str) -> str:
    return text if text.isdecimal() and text.isascii() and len(text) <= LONGEST_KEY else ""


def _key(request, name: str, by: str) -> tuple[datetime | None, str] | None:
    if not by:
        key = key_in(request, name)
        return (None, key) if key else None
    moment, _point, key = request.GET.get(name, "").partition(".")
    moment, key = _number(moment), _number(key)
    if not moment or not key or len(moment) > 17:
        return None
    return datetime.fromtimestamp(int(moment) // 10**6, tz=timezone.get_default_timezone()).replace(
        microsecond=int(moment) % 10**6
    ), key


def _beyond(key, by: str, test: str) -> Q:
    moment, pk = key
    if not by:
        return Q(**{f"pk__{test}": pk})
    # The first condition is what an index begins at.
    same = Q(**{by: moment, f"pk__{test}": pk})
    return Q(**{f"{by}__{test}e": moment}) & (Q(**{f"{by}__{test}": moment}) | same)


def _key_of(row, by: str) -> str:
    if not by:
        return str(row.pk)
    moment = getattr(row, by)
    return f"{int(moment.timestamp()) * 10**6 + moment.microsecond}.{row.pk}"


def _link(request, name: str, key) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = key
    return f"{request.path}?{query.urlencode()}"
