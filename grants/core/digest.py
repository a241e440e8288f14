"""SHA-256 over JSON in one canonical form, so that equal content has equal digests."""

import datetime
import hashlib
import json
from decimal import Decimal
from uuid import UUID


def _plain(value):
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def canonical(content) -> str:
    """JSON with sorted keys, no white space, and text as it is."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def digest(content) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()
