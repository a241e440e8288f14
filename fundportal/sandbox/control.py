"""The control page and its API: what is in the book, which faults are in force, and changing both.

    GET    /                              the page
    GET    /healthz
    GET    /control/faults                {"faults": […], "kinds": {…}}
    POST   /control/faults                a fault as JSON (see faults.Fault) → 201 {"id": …}
    DELETE /control/faults[?id=N]         one or all → {"removed": …}
    GET    /control/book[?limit=N]        {"totals": {status: {count, sum}}, "transfers": […]}
    GET    /control/book?out_biz_no=…     the same for one number, with its calls and notifications
    POST   /control/return                {"out_biz_no", "reason"}: a paid transfer comes back
    POST   /control/notify                {"out_biz_no"}: the last notification once more
    POST   /control/reset                 an empty book and no faults

A form posts the same fields, and is led back to the page.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from fundportal.sandbox import faults as known_faults
from fundportal.sandbox.book import Book
from fundportal.sandbox.faults import Faults, WrongFault
from fundportal.sandbox.notices import Notices
from fundportal.sandbox.page import page

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
SHOWN = 200


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    content_type: str = JSON


@dataclass(frozen=True)
class Call:
    """A request to the control API; `fields` are those of the address and of the body together."""

    fields: Mapping[str, Any]
    is_form: bool


class Control:
    """Answers everything that is not the gateway."""

    def __init__(self, book: Book, faults: Faults, notices: Notices) -> None:
        self._book, self._faults, self._notices = book, faults, notices
        self._routes: dict[tuple[str, str], Callable[[Call], Response]] = {
            ("GET", "/"): self._page,
            ("GET", "/healthz"): lambda call: _json(200, {"status": "ok"}),
            ("GET", "/control/faults"): self._list_faults,
            ("POST", "/control/faults"): self._add_fault,
            ("DELETE", "/control/faults"): self._remove_faults,
            ("POST", "/control/faults/remove"): self._remove_faults,
            ("GET", "/control/book"): self._show_book,
            ("POST", "/control/return"): self._return,
            ("POST", "/control/notify"): self._notify,
            ("POST", "/control/reset"): self._reset,
        }

    def respond(
        self, method: str, path: str, query: str, body: bytes, headers: Message
    ) -> Response:
        """Answer a request; a change that a page of another site asks for is refused."""
        route = self._routes.get((method, path))
        if route is None:
            known = any(path == other for _, other in self._routes)
            return _problem(405 if known else 404, f"There is no {method} {path} here.")
        origin = headers.get("Origin", "")
        if method != "GET" and origin and origin != f"http://{headers.get('Host', '')}":
            return _problem(403, "Only the control page itself may ask for this.")
        is_form = headers.get("Content-Type", "").startswith(FORM)
        try:
            return route(Call(_fields(query, body, is_form=is_form), is_form))
        except ValueError as error:
            return _problem(400, str(error))

    def _page(self, call: Call) -> Response:
        told = (self._notices.url, self._notices.answers())
        shown = page(self._book.totals(), self._book.transfers(SHOWN), self._faults.listed(), *told)
        return Response(200, shown.encode("utf-8"), HTML)

    def _list_faults(self, call: Call) -> Response:
        return _json(200, {"faults": self._faults.listed(), "kinds": known_faults.KINDS})

    def _add_fault(self, call: Call) -> Response:
        return _done(call, 201, {"id": self._faults.add(known_faults.read(call.fields))})

    def _remove_faults(self, call: Call) -> Response:
        given = call.fields.get("id")
        removed = self._faults.remove(None if given is None else int(given))
        return _done(call, 200, {"removed": removed})

    def _show_book(self, call: Call) -> Response:
        if number := call.fields.get("out_biz_no"):
            found = self._book.find(number)
            transfers = [found] if found else []
            extra = {
                "calls": self._book.calls(number),
                "notices": self._notices.listed(number),
            }
        else:
            limit = call.fields.get("limit")
            transfers, extra = self._book.transfers(None if limit is None else int(limit)), {}
        rows = [asdict(transfer) for transfer in transfers]
        return _json(200, {"totals": self._book.totals(), "transfers": rows} | extra)

    def _return(self, call: Call) -> Response:
        number, reason = str(call.fields.get("out_biz_no", "")), str(call.fields.get("reason", ""))
        returned = self._book.give_back(number, reason)
        if returned is None:
            return _problem(409, f"There is no paid transfer {number}.")
        return _done(call, 200, asdict(returned))

    def _notify(self, call: Call) -> Response:
        number = str(call.fields.get("out_biz_no", ""))
        if not self._notices.again(number):
            return _problem(409, f"Nobody was told of a transfer {number}.")
        return _done(call, 202, {"out_biz_no": number})

    def _reset(self, call: Call) -> Response:
        self._faults.remove()
        self._book.empty()
        return _done(call, 200, {"status": "empty"})


def _fields(query: str, body: bytes, *, is_form: bool) -> dict[str, Any]:
    """Raises ValueError for a body that is neither a form nor a JSON object."""
    fields: dict[str, Any] = dict(parse_qsl(query))
    if is_form:
        return fields | dict(parse_qsl(body.decode("utf-8")))
    if not body:
        return fields
    given = json.loads(body)
    if not isinstance(given, dict):
        raise WrongFault("The body is a JSON object.")
    return fields | given


def _done(call: Call, status: int, content: Any) -> Response:
    return Response(303, b"", HTML) if call.is_form else _json(status, content)


def _problem(status: int, detail: str) -> Response:
    return _json(status, {"detail": detail})


def _json(status: int, content: Any) -> Response:
    return Response(status, json.dumps(content, ensure_ascii=False).encode("utf-8"))
