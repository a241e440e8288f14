"""What may be kept of a call: enough to compare, not enough to pay someone or to know who."""

from collections.abc import Mapping
from typing import Any

from grants.payouts.rails.protocol import Order

LONGEST = 2_000
DEEPEST = 12


def masked_account(account: str) -> str:
    """The last four characters of a long account, none of a short one; the domain of an address."""
    name, at, domain = account.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return "*" * (len(account) - 4) + account[-4:] if len(account) >= 8 else "*" * len(account)


def masked_name(name: str) -> str:
    """The first character of a name."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked(value: Any, order: Order, depth: int = 0) -> Any:
    """The same JSON value, without the order's account and holder wherever a text in it has them.

    Fit for a `jsonb` column, whatever came in: texts are cut at 2,000 characters, what PostgreSQL
    cannot store (NUL, half a surrogate pair) is replaced, numbers other than whole ones become
    texts, and what is nested more than twelve deep is left out.
    """
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            masked(str(key), order): masked(item, order, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item, order, depth + 1) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\0", "�")
    text = text.replace(order.account, masked_account(order.account))
    return text.replace(order.holder_name, masked_name(order.holder_name))[:LONGEST]
