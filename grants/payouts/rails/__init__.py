"""The ways to pay. `rail("alipay")` is what the settings make of one; the files beside are pure."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings

from grants.payouts.rails import notify, rsa2
from grants.payouts.rails.alipay import AlipayRail
from grants.payouts.rails.bank_file import BankFileRail
from grants.payouts.rails.protocol import Rail


class RailSettingsError(Exception):
    """A rail cannot be built from the settings: the sentence names the one that is wrong."""


def rail(name: str) -> Rail:
    """The rail of that name, kept for the process (and made anew in a forked one).

    Raises LookupError for a name that is none, RailSettingsError for a key that cannot be used.
    """
    return _BUILDERS[name]()


def opened_notice(body: bytes) -> notify.Notice:
    """The notification in that body, signed by the gateway that is set, for our application.

    Raises notify.BadNotice, and RailSettingsError for a key that cannot be used.
    """
    key = _kept_public_key(str(settings.ALIPAY_PUBLIC_KEY_FILE))
    return notify.opened(body, key=key, app_id=settings.ALIPAY_APP_ID)


def _alipay() -> Rail:
    return _kept_alipay(
        settings.ALIPAY_GATEWAY_URL,
        settings.ALIPAY_APP_ID,
        str(settings.ALIPAY_PRIVATE_KEY_FILE),
        str(settings.ALIPAY_PUBLIC_KEY_FILE),
        float(settings.ALIPAY_TIMEOUT_S),
    )


@functools.lru_cache(maxsize=4)
def _kept_alipay(
    gateway: str, app_id: str, private_file: str, public_file: str, timeout_s: float
) -> AlipayRail:
    return AlipayRail(
        gateway=gateway,
        app_id=app_id,
        private_key=_key("ALIPAY_PRIVATE_KEY_FILE", private_file, rsa2.private_key),
        public_key=_kept_public_key(public_file),
        timeout_s=timeout_s,
    )


@functools.lru_cache(maxsize=4)
def _kept_public_key(file: str) -> RSAPublicKey:
    return _key("ALIPAY_PUBLIC_KEY_FILE", file, rsa2.public_key)


def _key(setting: str, file: str, read: Callable[[bytes], Any]) -> Any:
    try:
        return read(Path(file).read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise RailSettingsError(f"{setting} names a key that cannot be used: {error}") from error


# The sandbox is the same rail: only the address and the keys are others.
_BUILDERS: dict[str, Callable[[], Rail]] = {
    "alipay": _alipay,
    "sandbox": _alipay,
    "bank_file": BankFileRail,
}

# Two processes must not write into one kept connection.
os.register_at_fork(after_in_child=_kept_alipay.cache_clear)
