"""Words that were sent when nobody was signed in, or from a page that had grown old.

They are kept in the session on the server, survive signing in, and are shown to the same person
on the same page as not saved yet, until they are. Each page of an application carries a signed
`person`, so that nobody else can leave words here, and nobody else is shown them.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render

KEPT = "kept_pages"
MOST_PAGES = 5
NAMES = ("title", "requested_amount", "page")
PREFIXES = ("q-", "base-", "asked-", "choose-")
SALT = "page of an application"


def person_mark(request: HttpRequest) -> str:
    """Says on a page for whom it was made."""
    return signing.dumps([request.user.pk, request.path], salt=SALT)


def _sender(request: HttpRequest) -> int | None:
    """For whom the page was made that sent this."""
    try:
        pk, path = signing.loads(request.POST.get("person", ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return pk if path == request.path else None


def _keep(request: HttpRequest, person: int) -> None:
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name in NAMES or name.startswith(PREFIXES)
    }
    pages = request.session.get(KEPT, {})
    pages.pop(request.path, None)
    rest = list(pages.items())[-(MOST_PAGES - 1) :]
    request.session[KEPT] = {**dict(rest), request.path: {"person": person, "fields": fields}}


def kept_words(request: HttpRequest) -> QueryDict | None:
    """What this person sent to this page and was not saved."""
    kept = request.session.get(KEPT, {}).get(request.path)
    if not kept or kept["person"] != request.user.pk:
        return None
    data = QueryDict(mutable=True)
    for name, values in kept["fields"].items():
        data.setlist(name, values)
    return data


def forget_words(request: HttpRequest, path: str) -> None:
    """They were saved."""
    pages = request.session.get(KEPT, {})
    if path in pages:
        request.session[KEPT] = {name: kept for name, kept in pages.items() if name != path}


def signed_in_keeping_words(view: Callable) -> Callable:
    """As `login_required`, and what was sent is there again after signing in."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST" and (person := _sender(request)):
            _keep(request, person)
        return redirect_to_login(request.path)

    return wrapped


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page of an application is shown again with what was written; any other says so."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"reason": "old page"}, status=403)
    person, user = _sender(request), request.user
    if person is None or (user.is_authenticated and user.pk != person):
        return render(request, "403_csrf.html", status=403)
    _keep(request, person)
    if not user.is_authenticated:
        return redirect_to_login(request.path)
    return redirect(request.path)
