"""Handing out a file, whole or in part (RFC 9110, 14), without reading it into memory."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.http import content_disposition_header

from grants.applications.models import Document
from grants.applications.services.documents import refuse_unless_clean

PIECE = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# What is opened in the browser may load nothing, run nothing and send nothing. Not every viewer of
# PDFs works in a sandbox; each is one by itself.
POLICIES = {
    "application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'",
}
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Served:
    """What a door answers with."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


def serve(
    document: Document, asked: Mapping[str, str], *, name: str, kind: str = "", view: bool = False
) -> Served:
    """The bytes as a download or, with `view`, to be looked at.

    Raises `Refused` for a file in quarantine and `FileNotFoundError` for one that is lost.
    `asked` are the headers of the request: one range of bytes is served as 206, one that lies
    behind the end as 416; anything else gives the whole file.
    """
    refuse_unless_clean(document)
    size, etag = document.size, f'"{document.sha256}"'
    headers = {
        "Content-Type": kind or document.content_type,
        "Content-Disposition": content_disposition_header(not view, name) or "inline",
        "Content-Security-Policy": POLICIES.get(document.content_type, SANDBOX)
        if view
        else SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "ETag": etag,
    }
    start, stop = 0, size
    wanted = ONE_RANGE.fullmatch(asked.get("Range", "").strip())
    is_part = bool(wanted) and asked.get("If-Range", etag) == etag
    if wanted and is_part:
        first, last = wanted.groups()
        if first:
            start, stop = int(first), min(int(last) + 1, size) if last else size
            is_part = not last or int(last) >= int(first)
        elif last:
            start = max(0, size - int(last))
        else:
            is_part = False
        if is_part and (start >= size or (not first and int(last or 0) == 0)):
            return Served(416, headers | {"Content-Range": f"bytes */{size}"}, iter(()))
    if not is_part:
        start, stop = 0, size
    headers["Content-Length"] = str(stop - start)
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return Served(206 if is_part else 200, headers, _pieces(document, start, stop))


def _pieces(document: Document, start: int, stop: int) -> Iterator[bytes]:
    """Opens the file now, so that a lost one is said before the answer begins."""
    content = document.file.storage.open(str(document.file), "rb")

    def read() -> Iterator[bytes]:
        with content:
            content.seek(start)
            left = stop - start
            while left > 0 and (piece := content.read(min(PIECE, left))):
                left -= len(piece)
                yield piece

    return read()
