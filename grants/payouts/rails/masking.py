"""What may be kept of a call: enough to prove and to compare, not enough to pay someone or to know who."""

from collections.abc import Mapping
from typing import Any

from grants.payouts.rails.protocol import Order

LONGEST = 2_000


def masked_account(account: str) -> str:
    """The last four characters of a long account, none of a short one; of a mail address its domain."""
    name, at, domain = account.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return "*" * (len(account) - 4) + account[-4:] if len(account) >= 8 else "*" * len(account)


def masked_name(name: str) -> str:
    """The first character of a name."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked(value: Any, order: Order) -> Any:
    """The same JSON value, without the order's account and holder wherever a text in it has them.

    Texts are cut at 2,000 characters; numbers other than whole ones become texts.
    """
    if isinstance(value, Mapping):
        return {str(masked(key, order)): masked(item, order) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, order) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    text = str(value).replace(order.account, masked_account(order.account))
    return text.replace(order.holder_name, masked_name(order.holder_name))[:LONGEST]
